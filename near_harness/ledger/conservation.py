"""Whether all money is accounted for: what accounts have less than before is what was burnt, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from near_harness.errors import HarnessError
from near_harness.units import Amount

if TYPE_CHECKING:
    from near_harness.ledger.chain import Ledger
    from near_harness.outcome.model import Outcome

_NOTHING = Amount(0)


def unaccounted(outcomes: Sequence[Outcome]) -> Amount:
    """Return the yoctoNEAR that came from nowhere (or, below zero, went there) in some transactions, reckoned together.

    They are one transaction, or several whose blocks overlap, so that what one moved is in what the others read. Burnt
    are gas and refunds to accounts that are gone; contracts get a share of the gas before protocol 87, and the protocol gives
    something for calls with one yoctoNEAR from 85 on. What others moved in the same blocks is left out where the node tells
    it; among them are what validators get at the end of an epoch.
    """
    ledgers = [outcome.ledger for outcome in outcomes if outcome.ledger is not None]
    burnt = _NOTHING
    for outcome, ledger in zip(outcomes, ledgers, strict=True):
        burnt += outcome.tokens_burnt + outcome.refunds_lost
        burnt -= sum(ledger.rewards.values(), _NOTHING) + sum(ledger.subsidies.values(), _NOTHING)
    if len(ledgers) == 1:
        return burnt + sum((row.change - row.others for row in ledgers[0].rows.values()), _NOTHING)
    return _together(outcomes, ledgers, burnt)


def _together(outcomes: Sequence[Outcome], ledgers: Sequence[Ledger], burnt: Amount) -> Amount:
    """What all the accounts have more than before the first of the blocks, and was neither burnt nor moved by others."""
    first = min(ledgers, key=lambda ledger: min(ledger.heights.values()))
    last = max(ledgers, key=lambda ledger: max(ledger.heights.values()))
    accounts, found = {account for outcome in outcomes for account in outcome.accounts}, burnt
    for account in accounts:
        before, after = first.balance(account, first.block_before), last.balance(account, last.block_after)
        found += (after or _NOTHING) - (before or _NOTHING)
    if not found:
        return found
    try:
        others = last.others_than(outcomes, accounts, first.block_before)
    except HarnessError:  # the node does not tell
        return found
    return found - sum((moved.amount for moved in others.values()), _NOTHING)
