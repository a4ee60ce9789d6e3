"""Expectations about an outcome: each method checks one thing and returns the expectation, so that they can be chained.

They know no test framework. One that does not hold raises :class:`ExpectationFailed`, an ``AssertionError`` whose text has the
receipt tree, with an arrow at the receipts that come nearest.
"""

from near_harness.expectations.base import ExpectationFailed
from near_harness.expectations.entry import expect
from near_harness.expectations.of_failure import expected_failure
from near_harness.expectations.of_outcome import OutcomeExpectation
from near_harness.expectations.of_receipt import ReceiptExpectation

__all__ = ["ExpectationFailed", "OutcomeExpectation", "ReceiptExpectation", "expect", "expected_failure"]
