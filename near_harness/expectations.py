"""Expectations about an outcome: each method checks one thing and returns the expectation, so that they can be chained.

They know no test framework. One that does not hold raises :class:`ExpectationFailed`, an ``AssertionError`` whose text has the
receipt tree, with an arrow at the receipts that come nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from near_harness.account_ids import account_id_of
from near_harness.errors import BadInput
from near_harness.ledger import Ledger
from near_harness.outcome.failures import ContractPanic, TransactionFailed
from near_harness.outcome.model import Outcome, Receipt, Refund
from near_harness.units import AmountLike, to_amount

if TYPE_CHECKING:
    from typing_extensions import Self

Kind = type[TransactionFailed] | str | None
_T = TypeVar("_T", Outcome, Receipt)


class ExpectationFailed(AssertionError):
    """What was expected did not happen. ``nearest`` are the receipts that come nearest to it."""

    def __init__(self, what: str, outcome: Outcome | None, nearest: Sequence[Receipt] = ()) -> None:
        from near_harness.render.tree import tree_text  # noqa: PLC0415 - rich is loaded where something is printed

        self.nearest = tuple(nearest)
        super().__init__(what if outcome is None else f"{what}\n{tree_text(outcome, marked=self.nearest)}")


@overload
def expect(subject: Outcome) -> OutcomeExpectation: ...
@overload
def expect(subject: Receipt) -> ReceiptExpectation: ...
def expect(subject: Outcome | Receipt) -> OutcomeExpectation | ReceiptExpectation:
    """Begin an expectation about a transaction's outcome, or about one of its receipts.

    :raises BadInput: for anything else, such as a call that was not awaited.
    """
    if isinstance(subject, Outcome):
        return OutcomeExpectation(subject)
    if isinstance(subject, Receipt):
        return ReceiptExpectation(subject)
    hint = ": await it first" if hasattr(subject, "__await__") else ""
    raise BadInput(f"expect() takes an outcome or a receipt, not {type(subject).__name__}{hint}")


class _Expectation(Generic[_T]):
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
        return subject.failed_receipts if isinstance(subject, Outcome) else (subject,)

    @property
    def _ledger(self) -> Ledger:
        if self._outcome is None or self._outcome.ledger is None:
            raise BadInput(f"{self._name} is not connected with a node: its balances and state cannot be read")
        return self._outcome.ledger

    def _fail(self, what: str, nearest: Sequence[Receipt] = ()) -> ExpectationFailed:
        return ExpectationFailed(what, self._outcome, nearest)

    def succeeded(self) -> Self:
        """Expect success. For a transaction this is its result: receipts inside may have failed."""
        if self._subject.failure is not None:
            raise self._fail(f"expected {self._name} to succeed, but it failed: {self._subject.failure.message}", self._marked)
        if not self._subject.succeeded:
            raise self._fail(f"expected {self._name} to succeed, but it was not executed", self._marked)
        return self

    def failed(self, kind: Kind = None, text: str = "") -> Self:
        """Expect failure: of a kind (an exception class, or nearcore's name), with ``text`` in its message."""
        failure: TransactionFailed | None = self._subject.failure
        wanted = "failure" if kind is None else kind if isinstance(kind, str) else kind.__name__
        wanted += f" with {text!r}" if text else ""
        if failure is None:
            raise self._fail(f"expected {wanted} of {self._name}, but it succeeded", self._marked)
        if kind is not None and not _is_kind(failure, kind):
            raise self._fail(f"expected {wanted} of {self._name}, but it failed otherwise: {failure.message}", self._marked)
        if text not in failure.message:
            raise self._fail(f"expected {wanted} of {self._name}, but it says: {failure.message}", self._marked)
        return self

    def panicked(self, text: str = "") -> Self:
        """Expect that the contract panicked, with ``text`` in its words."""
        return self.failed(ContractPanic, text)

    def logged(self, text: str) -> Self:
        """Expect a log that contains ``text``."""
        if not any(text in log for log in self._subject.logs):
            raise self._fail(
                f"expected a log with {text!r} of {self._name}; there are {len(self._subject.logs)} logs", self._marked
            )
        return self


class OutcomeExpectation(_Expectation[Outcome]):
    """Expectations about a whole transaction."""

    def refunded(self, amount: AmountLike, *, to: object) -> Self:
        """Expect that the protocol returned a deposit of ``amount`` yoctoNEAR: a receipt failed, and ``to`` had sent it."""
        _refunded(self, self._subject.receipts, amount, to)
        return self

    def paid(self, amount: AmountLike, *, by: object, to: object) -> Self:
        """Expect that an account itself sent ``amount`` yoctoNEAR (by a transfer or a call), and that it arrived."""
        wanted, payer, payee = to_amount(amount), account_id_of(by), account_id_of(to)
        between = [r for r in self._subject.receipts if r.refund is None and (r.predecessor, r.receiver) == (payer, payee)]
        if not any(receipt.deposit == wanted and receipt.succeeded for receipt in between):
            at_all = [r for r in self._subject.receipts if r.deposit and r.refund is None and payee == r.receiver]
            raise self._fail(f"expected {payer} to pay {wanted} to {payee}: no receipt does that successfully", between or at_all)
        return self

    def paid_nothing(self, *, to: object) -> Self:
        """Expect that no receipt brought money to an account, refunds of gas left out."""
        payee = account_id_of(to)
        bringing = [
            r for r in self._subject.receipts if r.receiver == payee and r.deposit and r.succeeded and r.refund is not Refund.GAS
        ]
        if bringing:
            total = ", ".join(str(receipt.deposit) for receipt in bringing)
            raise self._fail(f"expected no payment to {payee}, but it got {total}", bringing)
        return self

    def conserved_tokens(self) -> Self:
        """Expect that all money is accounted for, to the last yoctoNEAR.

        What the accounts that took part have less than before is what the transaction burnt, minus the share of burnt gas
        that contracts get before protocol 87; refunds to accounts that are gone are burnt too, and what validators among the
        accounts get at the end of an epoch is left out. Read around the transaction's blocks, so nothing else may move the
        money of these accounts then.
        """
        ledger, outcome = self._ledger, self._subject
        change = sum(ledger.changes.values(), to_amount("0 NEAR"))
        rewards = sum(ledger.rewards.values(), to_amount("0 NEAR"))
        missing = change + outcome.tokens_burnt + outcome.refunds_lost - rewards
        if missing != 0:
            missing -= ledger.validator_rewards
        if missing != 0:
            rows = "\n".join(f"  {account}: {delta}" for account, delta in ledger.changes.items())
            raise self._fail(
                f"expected all tokens to be accounted for, but {missing} {'came from' if missing > 0 else 'went'} nowhere\n"
                f"changes:\n{rows}\n  burnt: {outcome.tokens_burnt}\n  of this to contracts: {rewards}\n"
                f"  refunds to accounts that are gone: {outcome.refunds_lost}"
            )
        return self

    def rolled_back(self, account: object) -> Self:
        """Expect that a contract's state after the transaction is the one before it."""
        account_id = account_id_of(account)
        if self._ledger.state_changed(account_id):
            changing = [r for r in self._subject.find(account_id) if r.succeeded]
            raise self._fail(f"expected the state of {account_id} to be as before, but it has changed", changing)
        return self

    def kept(self, account: object) -> Self:
        """Expect that the transaction changed a contract's state, and that the change stayed."""
        account_id = account_id_of(account)
        if not self._ledger.state_changed(account_id):
            raise self._fail(f"expected the state of {account_id} to change, but it is as before", self._subject.find(account_id))
        return self


class ReceiptExpectation(_Expectation[Receipt]):
    """Expectations about one receipt."""

    def refunded(self, amount: AmountLike, *, to: object) -> Self:
        """Expect that the protocol returned this receipt's deposit of ``amount`` yoctoNEAR to ``to``."""
        _refunded(self, self._subject.children, amount, to)
        return self

    def rolled_back(self) -> Self:
        """Expect that the receipt failed, and so changed nothing."""
        if not self._subject.failed:
            raise self._fail(f"expected {self._name} to be rolled back, but it succeeded", self._marked)
        return self

    def callback_of(self, *receipts: Receipt) -> Self:
        """Expect that the receipt reads the results of exactly these receipts, in this order."""
        if list(receipts) != self._subject.callback_of:
            reads = ", ".join(map(str, self._subject.callback_of)) or "none"
            raise self._fail(
                f"expected {self._name} to be the callback of {', '.join(map(str, receipts))}; it is of: {reads}",
                self._marked,
            )
        return self


def _is_kind(failure: TransactionFailed, kind: type[TransactionFailed] | str) -> bool:
    if isinstance(kind, str):
        return kind in (*failure.path, type(failure).__name__)
    return isinstance(failure, kind)


def _refunded(
    expectation: OutcomeExpectation | ReceiptExpectation, among: Sequence[Receipt], amount: AmountLike, to: object
) -> None:
    wanted, receiver = to_amount(amount), account_id_of(to)
    refunds = [receipt for receipt in among if receipt.refund is Refund.DEPOSIT]
    if not any(r.receiver == receiver and r.deposit == wanted and r.succeeded for r in refunds):
        seen = "; ".join(map(str, refunds)) or "the protocol returned no deposit"
        raise expectation._fail(f"expected the protocol to return {wanted} to {receiver}: {seen}", refunds)  # noqa: SLF001
