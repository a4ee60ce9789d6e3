"""What puppets were sent: read from the outcomes of the transactions, so calls that failed are there as well."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from near_harness.outcome import Outcome, Receipt
from near_harness.outcome.receipt import Action
from near_harness.units import Amount, Gas


@dataclass(frozen=True)
class ReceivedCall:
    """A call that a puppet was sent. ``deposit`` is the attached deposit in yoctoNEAR, ``gas`` the prepaid gas.

    ``receipt`` is the receipt that brought it, which knows what came of it: ``call.receipt.failed``, ``call.receipt.outcome``.
    """

    method: str
    args: bytes
    predecessor: str
    signer: str
    deposit: Amount
    gas: Gas
    receipt: Receipt = field(repr=False)

    def json(self) -> Any:
        """Return the arguments, read as JSON; None where there are none.

        :raises BadInput: where they are no JSON.
        """
        return Action("FunctionCall", self.method, self.args).json() if self.args else None

    def __str__(self) -> str:
        args = self.args if len(self.args) <= 100 else self.args[:100] + b" ..."
        return (
            f"{self.method}({args.decode('utf-8', 'backslashreplace')}) from {self.predecessor} with {self.deposit}, {self.gas}"
        )


def calls_in(receipt: Receipt) -> list[ReceivedCall]:
    """The calls of a receipt that were executed: where one fails, those behind it were not."""
    if not receipt.executed:
        return []
    failed_at = receipt.how_failed.action_index if receipt.how_failed is not None else None
    actions = receipt.actions if failed_at is None else receipt.actions[: failed_at + 1]
    return [
        ReceivedCall(a.method, a.args, receipt.predecessor, receipt.signer, a.deposit, a.gas, receipt)
        for a in actions
        if a.method is not None
    ]


def in_order(calls: Iterable[ReceivedCall]) -> tuple[ReceivedCall, ...]:
    """Sort calls by when they ran: by block, and within one by the order in which a node of one shard takes its receipts."""
    found = list(calls)
    if len(found) < 2:
        return tuple(found)
    numbers: dict[int, int] = {}
    for call in found:
        numbers.setdefault(id(call.receipt.outcome), len(numbers))
    return tuple(sorted(found, key=lambda call: (_when(call.receipt), numbers[id(call.receipt.outcome)])))


def _when(receipt: Receipt) -> tuple[Any, ...]:
    """When a receipt ran: its height, when its parent ran, and which of the parent's children it is."""
    outcome = receipt.outcome
    height = outcome.ledger.heights[receipt.block_hash] if outcome and outcome.ledger and receipt.block_hash else 0
    if receipt.parent is None:
        return (height,)
    return (height, _when(receipt.parent), receipt.parent.children.index(receipt))


def executed(outcome: Outcome, account_id: str) -> list[Receipt]:
    """The receipts at an account that were executed, in the order of the tree; refunds left out."""
    return [r for r in outcome.receipts if r.receiver == account_id and r.executed and r.refund is None]
