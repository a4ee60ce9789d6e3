"""A call that was put together and never awaited does nothing, and a test that relies on it would pass without a word.

``bank.withdraw().by(alice)`` as a line of a test sends nothing: the test fails at its end. So it is with
``alice.transfer(bob, "1 NEAR")`` and every other coroutine of the façade (:mod:`near_harness.not_begun`). What is awaited, goes
into a batch, an exploration, an audit or a measurement of gas is no such call; nor is what a test was on its way to await when
an exception ended it.

Ini key ``near_unawaited_calls``: ``error`` (default), ``warn`` or ``ignore``; for one test, class or module the marker
``near_unawaited_calls("ignore")``. What a fixture puts together counts for the test that it is set up for.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from near_harness.not_yet import NeverAwaited, heard_by
from near_harness.plugin.strictness import Strictness

NAME = "near_unawaited_calls"


class UnawaitedCalls:
    """Hears of what a test lets go of; a plugin of its own, registered by :mod:`near_harness.plugin.outcomes`."""

    def __init__(self, config: pytest.Config) -> None:
        self._strictness = Strictness(config, NAME)
        self._forgotten = _Forgotten()
        self._before_failure: list[str] = []
        heard_by(None)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Generator[None, object, object]:
        """Hear of nothing that outlives a test."""
        try:
            return (yield)
        finally:
            heard_by(None)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Generator[None, object, object]:
        """Hear of what is put together for one run of a test: what an earlier run of it has left behind is none of its."""
        self._begin()
        try:
            return (yield)
        except BaseException:
            self._excuse()
            raise

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Fail a test that has passed, where it or its fixtures put together what they never awaited."""
        try:
            result = yield
        except BaseException:
            self._excuse()
            raise
        self._check(item)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Likewise for what its fixtures forget when they are torn down."""
        self._forgotten.texts.clear()
        result = yield
        self._check(item)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Say beside the failure of a test what it never awaited before: that may be why."""
        report = yield
        if report.failed and self._before_failure:
            report.sections.append(("near: never awaited", "\n".join(self._before_failure)))
        return report

    def _begin(self) -> None:
        self._forgotten, self._before_failure = _Forgotten(), []
        heard_by(self._forgotten)

    def _excuse(self) -> None:
        """Miss nothing of what the test was on its way to await: it goes when pytest lets go of the exception."""
        before = self._forgotten.texts
        self._begin()
        self._before_failure = before

    def _check(self, item: pytest.Item) -> None:
        texts, self._forgotten.texts = self._forgotten.texts, []
        if texts and not self._strictness.ignores(item):
            self._strictness.tell(
                item, "\n".join([*texts, "write: await …; or call.taken(), where one is wanted for itself"]), NeverAwaited
            )


class _Forgotten:
    """What a test has forgotten."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def hear(self, forgotten: str) -> None:
        self.texts.append(forgotten)
