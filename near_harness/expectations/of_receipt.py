"""Expectations about one receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from near_harness.expectations.base import Expectation, check_refunded
from near_harness.outcome.receipt import Receipt
from near_harness.units import AmountLike

if TYPE_CHECKING:
    from typing_extensions import Self


class ReceiptExpectation(Expectation[Receipt]):
    """Expectations about one receipt."""

    def refunded(self, amount: AmountLike, *, to: object) -> Self:
        """Expect that the protocol returned this receipt's deposit of ``amount`` yoctoNEAR to ``to``."""
        check_refunded(self, self._subject.children, amount, to)
        return self

    def rolled_back(self) -> Self:
        """Expect that the receipt failed, and so changed nothing."""
        if not self._subject.failed:
            raise self.failure(f"expected {self._name} to be rolled back, but it succeeded", self._marked)
        return self

    def callback_of(self, *receipts: Receipt) -> Self:
        """Expect that the receipt reads the results of exactly these receipts, in this order."""
        if list(receipts) != self._subject.callback_of:
            reads = ", ".join(map(str, self._subject.callback_of)) or "none"
            raise self.failure(
                f"expected {self._name} to be the callback of {', '.join(map(str, receipts))}; it is of: {reads}",
                self._marked,
            )
        return self
