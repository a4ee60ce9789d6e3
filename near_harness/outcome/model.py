"""The receipt tree.

A transaction becomes one receipt; executing a receipt may create more. A receipt's ``children`` are those that it
created, in the order of creation: a callback stands under the receipt that *scheduled* it, not under the promise it
waits for (runtime: ``outcome.receipt_ids``). ``callback_of`` names the promises whose results it reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from near_harness.account_ids import account_id_of
from near_harness.errors import BadInput, ReceiptNotFound
from near_harness.units import Amount, Gas

if TYPE_CHECKING:
    from near_harness.ledger import Ledger
    from near_harness.outcome.failures import TransactionFailed


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


@dataclass(frozen=True)
class Event:
    """An event by NEP-297: a log that begins with ``EVENT_JSON:``."""

    standard: str
    version: str
    event: str
    data: Any


@dataclass(eq=False)
class Receipt:
    """One receipt and what came of it. Amounts are in yoctoNEAR, gas in gas units, both printed with their unit.

    ``gas_burnt`` is what executing this receipt burnt, ``tokens_burnt`` what that cost. ``executed`` is False for a
    receipt that the node had not executed when it was asked; ``failure`` is the exception of a failed one.
    """

    id: str
    predecessor: str
    receiver: str
    signer: str
    actions: tuple[Action, ...]
    executed: bool
    value: bytes | None
    result_of: str | None
    failure: TransactionFailed | None
    logs: tuple[str, ...]
    gas_burnt: Gas
    tokens_burnt: Amount
    gas_profile: tuple[tuple[str, str, Gas], ...]
    block_hash: str | None
    refund: Refund | None
    input_data_ids: tuple[str, ...] = ()
    output_data: tuple[tuple[str, str], ...] = ()
    refund_to: str | None = None
    children: list[Receipt] = field(default_factory=list, repr=False)
    callback_of: list[Receipt] = field(default_factory=list, repr=False)
    parent: Receipt | None = field(default=None, repr=False)
    outcome: Outcome | None = field(default=None, repr=False)

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
        return sum((action.deposit for action in self.actions), Amount(0))

    @property
    def gas(self) -> Gas:
        """The gas attached to the calls of this receipt."""
        return sum((action.gas for action in self.actions), Gas(0))

    @property
    def succeeded(self) -> bool:
        """Whether it was executed and did not fail."""
        return self.executed and self.failure is None

    @property
    def failed(self) -> bool:
        """Whether it was executed and failed, so that its changes were rolled back."""
        return self.failure is not None

    @property
    def events(self) -> tuple[Event, ...]:
        """The NEP-297 events among the logs, in order."""
        return tuple(event for event in map(read_event, self.logs) if event is not None)

    def json(self) -> Any:
        """Return the value that the receipt returned, read as JSON (None where it returned nothing).

        :raises BadInput: where the receipt has no value, or one that is no JSON.
        """
        if self.value is None:
            raise BadInput(f"{self} has no value of its own: it {'failed' if self.failed else 'returned a promise'}")
        return decode_json(self.value, f"the value of {self}") if self.value else None

    def walk(self) -> Iterator[Receipt]:
        """This receipt, then everything that came of it, depth first in the order of creation."""
        waiting = [self]
        while waiting:
            receipt = waiting.pop()
            yield receipt
            waiting.extend(reversed(receipt.children))

    def __str__(self) -> str:
        if self.refund is not None:
            why = "what a deleted account had:" if self.refund is Refund.DELETION else f"{self.refund.value} refund of"
            return f"{why} {self.deposit} to {self.receiver}"
        what = ", ".join(action.method or action.kind for action in self.actions) or "no action"
        return (
            f"{self.predecessor} -> {self.receiver}.{what}" if self.method else f"{self.predecessor} -> {self.receiver}: {what}"
        )


@dataclass(eq=False)
class Outcome:
    """A transaction with the tree of its receipts.

    ``failure`` is the failure of the transaction's *result*: a receipt inside may have failed although the transaction
    succeeded (see :attr:`failed_receipts`). ``gas_burnt`` and ``tokens_burnt`` are totals.
    """

    hash: str
    signer: str
    receiver: str
    root: Receipt | None
    failure: TransactionFailed | None
    value: bytes | None
    conversion_gas: Gas
    conversion_tokens: Amount
    block_hash: str | None
    raw: dict[str, Any] = field(repr=False)
    ledger: Ledger | None = field(default=None, repr=False)

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """All receipts, depth first in the order of creation; refunds included."""
        return tuple(self.root.walk()) if self.root is not None else ()

    @property
    def succeeded(self) -> bool:
        """Whether the result of the transaction is a success (receipts inside may have failed)."""
        return self.failure is None

    @property
    def failed(self) -> bool:
        """Whether the result of the transaction is a failure."""
        return self.failure is not None

    @property
    def failed_receipts(self) -> tuple[Receipt, ...]:
        """Every receipt that failed, whatever the result of the transaction."""
        return tuple(receipt for receipt in self.receipts if receipt.failed)

    @property
    def refunds(self) -> tuple[Receipt, ...]:
        """The receipts by which the protocol itself sent money: deposits, gas, and what deleted accounts had."""
        return tuple(receipt for receipt in self.receipts if receipt.refund is not None)

    @property
    def logs(self) -> tuple[str, ...]:
        """The logs of all receipts, in the order of the tree."""
        return tuple(log for receipt in self.receipts for log in receipt.logs)

    @property
    def events(self) -> tuple[Event, ...]:
        """The NEP-297 events of all receipts, in the order of the tree."""
        return tuple(event for receipt in self.receipts for event in receipt.events)

    @property
    def gas_burnt(self) -> Gas:
        """The gas that the transaction and all its receipts burnt."""
        return sum((receipt.gas_burnt for receipt in self.receipts), self.conversion_gas)

    @property
    def tokens_burnt(self) -> Amount:
        """What that gas cost (before protocol 87, 30 % of what function calls burn goes to the contract)."""
        return sum((receipt.tokens_burnt for receipt in self.receipts), self.conversion_tokens)

    @property
    def refunds_lost(self) -> Amount:
        """What the protocol sent to accounts that are gone: it is burnt, and in no receipt's ``tokens_burnt``."""
        return sum((receipt.deposit for receipt in self.refunds if receipt.failed), Amount(0))

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that took part, in the order in which they appear."""
        seen = dict.fromkeys((self.signer, self.receiver))
        for receipt in self.receipts:
            seen.update(dict.fromkeys((receipt.predecessor, receipt.receiver)))
        seen.pop("system", None)
        return tuple(seen)

    def json(self) -> Any:
        """Return the value of the transaction, read as JSON (None where it returned nothing).

        :raises TransactionFailed: where the transaction failed.
        :raises BadInput: where the value is no JSON.
        """
        if self.failure is not None:
            raise self.failure
        return decode_json(self.value, "the value of the transaction") if self.value else None

    def find(self, at: object = None, method: str | None = None) -> tuple[Receipt, ...]:
        """All receipts at an account (an account, a contract or an id), of a method, or both; refunds left out."""
        where = None if at is None else account_id_of(at)
        return tuple(
            receipt
            for receipt in self.receipts
            if receipt.refund is None
            and (where is None or receipt.receiver == where)
            and (method is None or method in receipt.methods)
        )

    def receipt(self, at: object, method: str | None = None) -> Receipt:
        """Return the one receipt at an account (and of a method).

        :raises ReceiptNotFound: where there is none, or more than one; the text shows the tree.
        """
        found = self.find(at, method)
        if len(found) == 1:
            return found[0]
        wanted = account_id_of(at) + (f".{method}" if method else "")
        count = "no receipt" if not found else f"{len(found)} receipts"
        hint = "" if not found else "; take one of tx.find(...)"
        raise ReceiptNotFound(f"{count} for {wanted}{hint}\n{self}")

    def __str__(self) -> str:
        from near_harness.render.tree import tree_text  # noqa: PLC0415 - rich is loaded where something is printed

        return tree_text(self)

    def __repr__(self) -> str:
        result = f"failed: {self.failure.name}" if self.failure is not None else "succeeded"
        return f"<Outcome {self.hash} {self.signer} -> {self.receiver}, {len(self.receipts)} receipts, {result}>"


def decode_json(data: bytes, what: str) -> Any:
    """Read bytes as JSON, or say what could not be read."""
    try:
        return json.loads(data)
    except ValueError:
        shown = data if len(data) <= 80 else data[:80] + b" ..."
        raise BadInput(f"{what} is no JSON but {len(data)} bytes: {shown!r}; use .value for bytes") from None


def read_event(log: str) -> Event | None:
    """Read one log as a NEP-297 event, or return None for any other log, also one that only looks like an event."""
    prefix, _, text = log.partition(":")
    if prefix != "EVENT_JSON":
        return None
    try:
        body = json.loads(text)
        return Event(str(body["standard"]), str(body["version"]), str(body["event"]), body.get("data"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
