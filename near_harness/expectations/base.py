"""What expectations share: the error that shows the tree, success and failure, logs, refunds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from near_harness.account_ids import account_id_of
from near_harness.errors import BadInput, Restorable
from near_harness.ledger import Ledger
from near_harness.outcome.criteria import is_kind, wanted_failure
from near_harness.outcome.failures import ContractPanic, TransactionFailed
from near_harness.outcome.model import Outcome
from near_harness.outcome.receipt import Receipt, Refund
from near_harness.units import AmountLike, to_amount

if TYPE_CHECKING:
    from typing_extensions import Self

Kind = type[TransactionFailed] | str | None
_T = TypeVar("_T", Outcome, Receipt)


def named_failure(kind: Kind, text: str) -> str:
    """The failure that is expected, as a message names it."""
    name = "failure" if kind is None else kind if isinstance(kind, str) else kind.__name__
    return f"{name} with {text!r}" if text else name


class ExpectationFailed(Restorable, AssertionError):
    """What was expected did not happen. ``nearest`` are the receipts that come nearest to it."""

    def __init__(self, what: str, outcome: Outcome | None, nearest: Sequence[Receipt] = ()) -> None:
        from near_harness.render.tree import tree_text  # noqa: PLC0415 - rich is loaded where something is printed

        self.nearest = tuple(nearest)
        super().__init__(what if outcome is None else f"{what}\n{tree_text(outcome, marked=self.nearest)}")


class Expectation(Generic[_T]):
    """What expectations about a transaction and about a receipt have in common."""

    def __init__(self, subject: _T) -> None:
        self._subject: _T = subject

    @property
    def _outcome(self) -> Outcome | None:
        subject: Outcome | Receipt = self._subject
        return subject if isinstance(subject, Outcome) else subject.outcome

    @property
    def _name(self) -> str:
        subject: Outcome | Receipt = self._subject
        return "the transaction" if isinstance(subject, Outcome) else f"receipt {subject}"

    @property
    def _marked(self) -> tuple[Receipt, ...]:
        subject: Outcome | Receipt = self._subject
        return tuple(r for r in subject.receipts if r.how_failed) if isinstance(subject, Outcome) else (subject,)

    @property
    def _ledger(self) -> Ledger:
        if self._outcome is None or self._outcome.ledger is None:
            raise BadInput(f"{self._name} is not connected with a node: its balances and state cannot be read")
        return self._outcome.ledger

    def failure(self, what: str, nearest: Sequence[Receipt] = ()) -> ExpectationFailed:
        """Make the error of an expectation that does not hold, with the tree and arrows at the nearest receipts."""
        return ExpectationFailed(what, self._outcome, nearest)

    def succeeded(self) -> Self:
        """Expect success. For a transaction this is its result: receipts inside may have failed."""
        if self._subject.failure is not None:
            raise self.failure(f"expected {self._name} to succeed, but it failed: {self._subject.failure.message}", self._marked)
        if not self._subject.succeeded:
            raise self.failure(f"expected {self._name} to succeed, but it was not executed", self._marked)
        return self

    def failed(self, kind: Kind = None, text: str = "") -> Self:
        """Expect failure: of a kind (an exception class, or nearcore's name), with ``text`` in its message.

        :raises BadInput: for a kind that there is not.
        """
        if kind is not None:
            wanted_failure(kind)
        failure: TransactionFailed | None = self._subject.failure
        wanted = named_failure(kind, text)
        if failure is None:
            raise self.failure(f"expected {wanted} of {self._name}, but it succeeded", self._marked)
        if kind is not None and not is_kind(failure, kind):
            raise self.failure(f"expected {wanted} of {self._name}, but it failed otherwise: {failure.message}", self._marked)
        if text not in failure.message:
            raise self.failure(f"expected {wanted} of {self._name}, but it says: {failure.message}", self._marked)
        return self

    def panicked(self, text: str = "") -> Self:
        """Expect that the contract panicked, with ``text`` in its words."""
        return self.failed(ContractPanic, text)

    def logged(self, text: str) -> Self:
        """Expect a log that contains ``text``."""
        if not any(text in log for log in self._subject.logs):
            raise self.failure(
                f"expected a log with {text!r} of {self._name}; there are {len(self._subject.logs)} logs", self._marked
            )
        return self


def check_refunded(expectation: Expectation[Any], among: Sequence[Receipt], amount: AmountLike, to: object) -> None:
    """Check that one of the receipts is the protocol's return of a deposit; what failed for it has been looked at.

    :raises ExpectationFailed: where there is none, with the deposits that were returned.
    """
    wanted, receiver = to_amount(amount), account_id_of(to)
    refunds = [receipt for receipt in among if receipt.refund is Refund.DEPOSIT]
    for refund in refunds:
        if refund.parent is not None and (refund.receiver, refund.deposit) == (receiver, wanted):
            refund.parent.seen = True  # there is a refund because it failed
    if not any(r.receiver == receiver and r.deposit == wanted and r.arrived for r in refunds):
        seen = "; ".join(map(str, refunds)) or "the protocol returned no deposit"
        left = [r for r in among if r.refund is Refund.DELETION and r.receiver == receiver]
        paid = "".join(f"; {r} is no refund: expect(tx).paid(…, by={r.payer!r}, to={receiver!r})" for r in left)
        raise expectation.failure(f"expected the protocol to return {wanted} to {receiver}: {seen}{paid}", refunds + left)
