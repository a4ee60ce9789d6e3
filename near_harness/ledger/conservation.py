"""Whether all money is accounted for: what accounts have less than before is what was burnt, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from near_harness.units import Amount

if TYPE_CHECKING:
    from near_harness.ledger.chain import Ledger
    from near_harness.outcome.model import Outcome

_NOTHING = Amount(0)


def unaccounted(outcomes: Sequence[Outcome]) -> Amount:
    """Return the yoctoNEAR that came from nowhere (or, below zero, went there) in some transactions, reckoned together.

    They are one transaction, or several whose blocks overlap, so that what one moved is in what the others read. Burnt
    are gas and refunds to accounts that are gone; contracts get a share of the gas before protocol 87, and the protocol gives
    something for calls with one yoctoNEAR from 85 on. What validators get at the end of an epoch is left out for one.
    """
    ledgers = [outcome.ledger for outcome in outcomes if outcome.ledger is not None]
    change = _change(outcomes, ledgers)
    for outcome, ledger in zip(outcomes, ledgers, strict=True):
        change += outcome.tokens_burnt + outcome.refunds_lost
        change -= sum(ledger.rewards.values(), _NOTHING) + sum(ledger.subsidies.values(), _NOTHING)
    return change - ledgers[0].validator_rewards if change and len(ledgers) == 1 else change


def _change(outcomes: Sequence[Outcome], ledgers: Sequence[Ledger]) -> Amount:
    """What all the accounts together have more than before the first of the blocks."""
    if len(ledgers) == 1:
        return sum(ledgers[0].changes.values(), _NOTHING)
    first = min(ledgers, key=lambda ledger: min(ledger.heights.values()))
    last = max(ledgers, key=lambda ledger: max(ledger.heights.values()))
    change = _NOTHING
    for account in {account for outcome in outcomes for account in outcome.accounts}:
        before, after = first.balance(account, first.block_before), last.balance(account, last.block_after)
        change += (after or _NOTHING) - (before or _NOTHING)
    return change
