"""What came of a transaction: the tree of its receipts, and its result.

A transaction becomes one receipt; executing a receipt may create more (:mod:`near_harness.outcome.receipt`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from near_harness.account_ids import account_id_of
from near_harness.errors import ReceiptNotFound
from near_harness.outcome.events import Event, decode_json
from near_harness.outcome.receipt import Receipt, Refund
from near_harness.units import Amount, Gas

if TYPE_CHECKING:
    from near_harness.contract.borsh import BorshType
    from near_harness.ledger import Ledger
    from near_harness.outcome.failures import TransactionFailed


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
    handled: bool = field(default=False, repr=False)
    """Whether whoever sent it has taken its failures on: by ``.attempt()``, or since the failure was raised."""
    returns: BorshType | None = field(default=None, repr=False)
    """The type of its value, where the contract's ABI says that it is borsh."""

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
    def unseen_failures(self) -> tuple[Receipt, ...]:
        """Receipts that failed and that nobody has looked at or expected.

        A refund of gas that found its account deleted is left out: whoever deletes the account means it.
        """
        if self.handled:
            return ()
        failed = (receipt for receipt in self.receipts if receipt.how_failed is not None and not receipt.seen)
        return tuple(receipt for receipt in failed if receipt.refund is not Refund.GAS)

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
        return Gas(int(self.conversion_gas) + sum(int(receipt.gas_burnt) for receipt in self.receipts))

    @property
    def tokens_burnt(self) -> Amount:
        """What that gas cost (before protocol 87, 30 % of what function calls burn goes to the contract)."""
        return Amount(int(self.conversion_tokens) + sum(int(receipt.tokens_burnt) for receipt in self.receipts))

    @property
    def refunds_lost(self) -> Amount:
        """What the protocol sent to accounts that are gone: it is burnt, and in no receipt's ``tokens_burnt``."""
        return sum((receipt.deposit for receipt in self.refunds if receipt.how_failed), Amount(0))

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that took part, in the order in which they appear."""
        seen = dict.fromkeys((self.signer, self.receiver))
        for receipt in self.receipts:
            seen.update(dict.fromkeys((receipt.predecessor, receipt.receiver)))
        seen.pop("system", None)
        return tuple(seen)

    def result(self) -> Any:
        """Return the value of the transaction, read as the ABI says: borsh (:mod:`near_harness.contract.borsh`), else JSON.

        :raises TransactionFailed: where the transaction failed.
        :raises BadInput: where the value is none of the kind.
        """
        if self.returns is None or self.failure is not None or self.value is None:
            return self.json()
        return self.returns.decode(self.value)

    def json(self) -> Any:
        """Return the value of the transaction, read as JSON (None where it returned nothing).

        :raises TransactionFailed: where the transaction failed.
        :raises BadInput: where the value is no JSON.
        """
        if self.failure is not None:
            raise self.failure
        return decode_json(self.value, "the value of the transaction") if self.value else None

    def find(self, at: object = None, method: str | None = None, **criteria: Any) -> tuple[Receipt, ...]:
        """All receipts at an account (an account, a contract or an id), of a method, or both; refunds left out.

        ``criteria`` narrow it down (:mod:`near_harness.outcome.criteria`): ``tx.find(pool, status="failed")``. With
        ``kind="refund"`` or ``refund=…`` refunds are found as well.

        :raises BadInput: for a criterion that does not exist, or a value that it cannot have.
        """
        from near_harness.outcome.matching import Pattern  # noqa: PLC0415 - criteria are about receipts, a cycle otherwise

        if at is not None:
            criteria["receiver"] = at
        if method is not None:
            criteria["method"] = method
        pattern = Pattern(criteria)
        refunds = bool(criteria.keys() & {"kind", "refund"})
        return tuple(r for r in pattern.matching(self.receipts) if refunds or r.refund is None)

    def receipt(self, at: object = None, method: str | None = None, **criteria: Any) -> Receipt:
        """Return the one receipt at an account (of a method, that meets the criteria of :meth:`find`).

        :raises ReceiptNotFound: where there is none, or more than one; the text shows the tree.
        :raises BadInput: for a criterion that does not exist, or a value that it cannot have.
        """
        found = self.find(at, method, **criteria)
        if len(found) == 1:
            return found[0]
        place = "the transaction" if at is None else account_id_of(at)
        wanted = place + (f".{method}" if method else "") + "".join(f", {key} {value!r}" for key, value in criteria.items())
        count = "no receipt" if not found else f"{len(found)} receipts"
        hint = "" if not found else "; take one of tx.find(...)"
        raise ReceiptNotFound(f"{count} for {wanted}{hint}\n{self}")

    def __str__(self) -> str:
        from near_harness.render.tree import tree_text  # noqa: PLC0415 - rich is loaded where something is printed

        return tree_text(self)

    def _repr_html_(self) -> str:
        from near_harness.report.notebook import outcome_html  # noqa: PLC0415 - only notebooks ask for it

        return outcome_html(self)

    def __repr__(self) -> str:
        result = f"failed: {self.failure.name}" if self.failure is not None else "succeeded"
        return f"<Outcome {self.hash} {self.signer} -> {self.receiver}, {len(self.receipts)} receipts, {result}>"
