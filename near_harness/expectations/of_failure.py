"""The failure that must come, as ``.expect_failure()`` names it."""

from __future__ import annotations

from typing import Any

from near_harness.expectations.base import ExpectationFailed, Kind, named_failure
from near_harness.expectations.of_outcome import OutcomeExpectation
from near_harness.outcome.criteria import is_kind, wanted_failure
from near_harness.outcome.failures import TransactionFailed
from near_harness.outcome.matching import Pattern
from near_harness.outcome.model import Outcome


def expected_failure(
    subject: Outcome | TransactionFailed, kind: Kind, text: str, *, at: object = None, method: str | None = None
) -> TransactionFailed:
    """Find the failure that was expected: the transaction's own, or with ``at`` or ``method`` one of its receipts'.

    :raises ExpectationFailed: where there is none, or another one.
    :raises BadInput: for a kind that there is not.
    """
    if kind is not None:
        wanted_failure(kind)
    outcome = subject if isinstance(subject, Outcome) else subject.outcome
    if at is None and method is None:
        failure = subject.failure if isinstance(subject, Outcome) else subject
        if failure is not None and (kind is None or is_kind(failure, kind)) and text in failure.message:
            if outcome is not None:
                outcome.handled = True
            return failure
        if outcome is not None:
            OutcomeExpectation(outcome).failed(kind, text)
        raise ExpectationFailed(f"expected {named_failure(kind, text)}, but the transaction was refused: {failure}", None)
    if outcome is None:
        raise ExpectationFailed(f"expected a receipt to fail, but the transaction was refused: {subject}", None)
    criteria = {"receiver": at, "method": method, "failure": kind, "message": text or None, "status": "failed"}
    wanted: dict[str, Any] = {name: value for name, value in criteria.items() if value is not None}
    OutcomeExpectation(outcome).contains(**wanted)
    found = next(receipt.how_failed for receipt in Pattern(wanted).matching(outcome.receipts))
    assert found is not None  # noqa: S101 - status="failed"
    return found
