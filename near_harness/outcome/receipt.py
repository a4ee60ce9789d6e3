"""One receipt of a transaction: what it carried, what came of it, and what it created.

A receipt's ``children`` are those that it created, in the order of creation: a callback stands under the receipt that
*scheduled* it, not under the promise it waits for (runtime: ``outcome.receipt_ids``). ``callback_of`` names the promises
whose results it reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from near_harness.errors import BadInput
from near_harness.outcome.events import Event, decode_json, read_event
from near_harness.units import Amount, Gas

if TYPE_CHECKING:
    from near_harness.outcome.failures import TransactionFailed
    from near_harness.outcome.model import Outcome


class Refund(str, Enum):
    """Why the protocol itself sent money (the predecessor of such a receipt is ``system``)."""

    DEPOSIT = "deposit"
    """A failed receipt's deposit, to its predecessor (or to ``refund_to``)."""
    GAS = "gas"
    """Unused gas and the surplus of its price, to the signer of the transaction."""
    DELETION = "deletion"
    """What a deleted account had, to its beneficiary."""


@dataclass(frozen=True)
class Action:
    """One action of a receipt. ``kind`` is nearcore's name; only function calls have a method, arguments and gas."""

    kind: str
    method: str | None = None
    args: bytes = b""
    gas: Gas = Gas(0)
    deposit: Amount = Amount(0)
    fields: dict[str, Any] = field(default_factory=dict, repr=False)

    def json(self) -> Any:
        """Return the arguments, read as JSON.

        :raises BadInput: where they are no JSON.
        """
        return decode_json(self.args, f"the arguments of {self.method or self.kind}")


@dataclass(eq=False)
class Receipt:
    """One receipt and what came of it. Amounts are in yoctoNEAR, gas in gas units, both printed with their unit.

    ``gas_burnt`` is what executing this receipt burnt, ``tokens_burnt`` what that cost. ``executed`` is False for a
    receipt that the node had not executed when it was asked.

    A test that reads :attr:`failure`, :attr:`failed` or :attr:`succeeded` has *looked* at what came of the receipt
    (``seen``); what only draws or counts reads ``how_failed``, which leaves no trace.
    """

    id: str
    predecessor: str
    receiver: str
    signer: str
    actions: tuple[Action, ...]
    executed: bool
    value: bytes | None
    result_of: str | None
    how_failed: TransactionFailed | None
    logs: tuple[str, ...]
    gas_burnt: Gas
    tokens_burnt: Amount
    costs: Sequence[Mapping[str, Any]] = field(repr=False)
    """The gas profile as the node has it: :attr:`gas_profile` is made of it when somebody looks."""
    block_hash: str | None
    refund: Refund | None
    input_data_ids: tuple[str, ...] = ()
    output_data: tuple[tuple[str, str], ...] = ()
    refund_to: str | None = None
    children: list[Receipt] = field(default_factory=list, repr=False)
    callback_of: list[Receipt] = field(default_factory=list, repr=False)
    parent: Receipt | None = field(default=None, repr=False)
    outcome: Outcome | None = field(default=None, repr=False)
    seen: bool = field(default=False, repr=False)

    @cached_property
    def gas_profile(self) -> tuple[tuple[str, str, Gas], ...]:
        """What burnt the gas of the virtual machine and of actions: category, cost (names are nearcore's), gas."""
        return tuple((cost["cost_category"], cost["cost"], Gas(cost["gas_used"])) for cost in self.costs)

    @property
    def methods(self) -> tuple[str, ...]:
        """The names of the methods that this receipt calls, in order."""
        return tuple(action.method for action in self.actions if action.method is not None)

    @property
    def method(self) -> str | None:
        """The first method that this receipt calls, or None."""
        return next(iter(self.methods), None)

    @property
    def deposit(self) -> Amount:
        """Everything that this receipt carries to its receiver (calls and transfers)."""
        return Amount(sum(int(action.deposit) for action in self.actions))

    @property
    def payer(self) -> str | None:
        """Whose money it carries: its predecessor's; what a deleted account had is that account's; None for refunds."""
        if self.refund is None:
            return self.predecessor
        return self.parent.receiver if self.refund is Refund.DELETION and self.parent is not None else None

    @property
    def gas(self) -> Gas:
        """The gas attached to the calls of this receipt."""
        return Gas(sum(int(action.gas) for action in self.actions))

    @property
    def vm_gas(self) -> Gas:
        """The part of the burnt gas that the virtual machine burnt: the fees of the receipt and its actions left out."""
        return Gas(sum(int(cost["gas_used"]) for cost in self.costs))

    @property
    def failure(self) -> TransactionFailed | None:
        """The exception of a receipt that failed, so that its changes were rolled back; else None."""
        self.seen = True
        return self.how_failed

    @property
    def failed(self) -> bool:
        """Whether it was executed and failed, so that its changes were rolled back."""
        return self.failure is not None

    @property
    def succeeded(self) -> bool:
        """Whether it was executed and did not fail."""
        return self.failure is None and self.executed

    @property
    def arrived(self) -> bool:
        """As :attr:`succeeded`, without counting as a look at the receipt: its money reached the receiver."""
        return self.executed and self.how_failed is None

    @property
    def events(self) -> tuple[Event, ...]:
        """The NEP-297 events among the logs, in order."""
        return tuple(event for event in map(read_event, self.logs) if event is not None)

    def json(self) -> Any:
        """Return the value that the receipt returned, read as JSON (None where it returned nothing).

        :raises BadInput: where the receipt has no value, or one that is no JSON.
        """
        if self.value is None:
            raise BadInput(f"{self} has no value of its own: it {'failed' if self.how_failed else 'returned a promise'}")
        return decode_json(self.value, f"the value of {self}") if self.value else None

    def walk(self) -> Iterator[Receipt]:
        """This receipt, then everything that came of it, depth first in the order of creation."""
        waiting = [self]
        while waiting:
            receipt = waiting.pop()
            yield receipt
            waiting.extend(reversed(receipt.children))

    def __repr__(self) -> str:
        state = "not executed" if not self.executed else f"failed: {self.how_failed.name}" if self.how_failed else "ok"
        return f"<Receipt {self.id} {self}, {state}>"

    def __str__(self) -> str:
        if self.refund is not None:
            why = "what a deleted account had:" if self.refund is Refund.DELETION else f"{self.refund.value} refund of"
            return f"{why} {self.deposit} to {self.receiver}"
        what = ", ".join(action.method or action.kind for action in self.actions) or "no action"
        return (
            f"{self.predecessor} -> {self.receiver}.{what}" if self.method else f"{self.predecessor} -> {self.receiver}: {what}"
        )
