"""What a test has sent, for the plugins that look at it when the test is through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from near_harness.outcome import Outcome


class SentByTest:
    """Remembers the outcomes of a test and of the fixtures that are set up for it."""

    def __init__(self) -> None:
        self._sent: list[tuple[Outcome, str]] = []

    def hear(self, outcome: Outcome, called: str) -> None:
        """Remember what a test has sent."""
        self._sent.append((outcome, called))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Forget what the test before has sent."""
        self._sent.clear()
