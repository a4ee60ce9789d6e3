"""What else moved an account's money in the blocks of a transaction: other transactions, and rewards of validators.

``EXPERIMENTAL_changes`` lists every write of an account in its order, with what it held after it and what caused it. So the part
that this transaction has no part in is known to the last yoctoNEAR, although the other transactions themselves are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from near_harness.rpc.jsonrpc import Questions
from near_harness.units import Amount

if TYPE_CHECKING:
    from near_harness.outcome.model import Outcome

_REWARDS = "validator_accounts_update"


@dataclass
class Others:
    """What others moved for one account, in yoctoNEAR, and who they are: transactions, receipts, rewards."""

    amount: Amount = Amount(0)
    causes: dict[str, None] = field(default_factory=dict)


def moved_by_others(
    outcomes: Iterable[Outcome], node: Questions, blocks: Iterable[str], held: Mapping[str, Amount]
) -> dict[str, Others]:
    """Return what others than these transactions moved for some accounts, in some blocks. ``held`` is what they had before.

    Money in gas keys is left out of both.

    :raises HarnessError: where the node does not tell.
    """
    own = {name for outcome in outcomes for name in (outcome.hash, *(receipt.id for receipt in outcome.receipts))}
    now, found = dict(held), {account: Others() for account in held}
    for block in blocks:
        params = {"changes_type": "account_changes", "account_ids": list(held), "block_id": block}
        for entry in node.call("EXPERIMENTAL_changes", params)["changes"]:
            account, after = entry["change"]["account_id"], _held(entry)
            moved, now[account] = after - now[account], after
            cause = entry["cause"]
            name = cause.get("tx_hash") or cause.get("receipt_hash")
            if name not in own and moved:
                found[account].amount += moved
                found[account].causes[_told(cause["type"], name)] = None
    return found


def _held(entry: Mapping[str, Any]) -> Amount:
    change = entry["change"]
    return Amount(0) if entry["type"] == "account_deletion" else Amount(int(change["amount"]) + int(change["locked"]))


def _told(kind: str, name: str | None) -> str:
    if name is None:
        return "validators' rewards" if kind == _REWARDS else str(kind).replace("_", " ")
    return f"transaction {name}" if kind == "transaction_processing" else f"receipt {name}"
