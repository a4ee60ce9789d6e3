"""Failures are never silent: a receipt that failed inside a transaction that succeeded has to be looked at.

A test takes such a failure on in one of these ways: it expects it (``expect(tx.receipt(pool)).panicked()``,
``expect(tx).contains(status="failed", …)``, ``expect(tx).refunded(…)``), it names it beforehand (``.expect_failure(at=pool)``),
it takes on whatever comes (``.attempt()``), or it reads ``receipt.failure``, ``.failed``, ``.succeeded`` or
``tx.failed_receipts``. Otherwise the test fails at its end, with the receipt tree.

Ini key ``near_unseen_failures``: ``error`` (default), ``warn`` or ``ignore``; for one test, class or module the marker
``near_unseen_failures("ignore")``. What a fixture sends counts for the test that it is set up for.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from near_harness.plugin.sent import SentByTest
from near_harness.plugin.strictness import Strictness

if TYPE_CHECKING:
    from near_harness.outcome import Outcome

NAME = "near_unseen_failures"


class UnseenFailure(UserWarning):
    """A receipt failed, and the test neither expected it nor looked at it."""


class UnseenFailures(SentByTest):
    """Watches what a test sends; a plugin of its own, registered by :mod:`near_harness.plugin.outcomes`."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__()
        self._strictness = Strictness(config, NAME)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Fail a test that has passed, where it or its fixtures left failures unseen."""
        result = yield
        self._check(item)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Likewise for what its fixtures send when they are torn down."""
        self._sent.clear()
        result = yield
        self._check(item)
        return result

    def _check(self, item: pytest.Item) -> None:
        sent, self._sent = self._sent, []
        left = [heard for heard in sent if heard.outcome.unseen_failures]
        if left and not self._strictness.ignores(item):
            self._strictness.tell(item, "\n\n".join(_text(heard.outcome, heard.called) for heard in left), UnseenFailure)


def _text(outcome: Outcome, called: str) -> str:
    from near_harness.render.tree import tree_text  # noqa: PLC0415 - rich is loaded where something is printed

    failed = outcome.unseen_failures
    what = "a receipt failed" if len(failed) == 1 else f"{len(failed)} receipts failed"
    return (
        f"{what} inside a transaction that succeeded, and the test neither expected it nor looked at it\n"
        f"called: {called}\n{tree_text(outcome, marked=failed)}\n"
        f'try: expect(tx.receipt("{failed[0].receiver}", …)).failed(), or send it with .attempt() or .expect_failure(…), '
        f'or @pytest.mark.{NAME}("ignore")'
    )
