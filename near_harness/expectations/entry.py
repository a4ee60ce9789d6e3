"""``expect(...)``: where every expectation begins."""

from __future__ import annotations

from typing import overload

from near_harness.errors import BadInput
from near_harness.expectations.of_outcome import OutcomeExpectation
from near_harness.expectations.of_receipt import ReceiptExpectation
from near_harness.outcome.failures import TransactionFailed
from near_harness.outcome.model import Outcome
from near_harness.outcome.receipt import Receipt


@overload
def expect(subject: Outcome) -> OutcomeExpectation: ...
@overload
def expect(subject: TransactionFailed) -> OutcomeExpectation: ...
@overload
def expect(subject: Receipt) -> ReceiptExpectation: ...
def expect(subject: Outcome | TransactionFailed | Receipt) -> OutcomeExpectation | ReceiptExpectation:
    """Begin an expectation about a transaction's outcome, or about one of its receipts.

    A failure, as ``.expect_failure()`` or ``pytest.raises`` give it, stands for the outcome of its transaction.

    :raises BadInput: for anything else, such as a call that was not awaited, or a transaction that was refused.
    """
    if isinstance(subject, TransactionFailed):
        if subject.outcome is None:
            raise BadInput(f"the transaction was refused, so it has no outcome: {subject.message}")
        subject = subject.outcome
    if isinstance(subject, Outcome):
        return OutcomeExpectation(subject)
    if isinstance(subject, Receipt):
        return ReceiptExpectation(subject)
    hint = ": await it first" if hasattr(subject, "__await__") else ""
    raise BadInput(f"expect() takes an outcome or a receipt, not {type(subject).__name__}{hint}")
