"""What a test has sent, for the plugins that look at it when the test is through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from near_harness.outcome import Outcome


@dataclass
class Heard:
    """A transaction that was sent. ``repeated``: in an example of the test that another one has followed."""

    outcome: Outcome
    called: str
    repeated: bool = False


class SentByTest:
    """Remembers the outcomes of a test and of the fixtures that are set up for it."""

    def __init__(self) -> None:
        self._sent: list[Heard] = []
        self._example = slice(0, 0)

    def hear(self, outcome: Outcome, called: str) -> None:
        """Remember what a test has sent."""
        self._sent.append(Heard(outcome, called))

    @contextmanager
    def example(self) -> Iterator[None]:
        """Remember which transactions are those of one example: when another one begins, they count no more.

        The last example of a test that fails is the one for which it fails, made as small as can be.
        """
        for heard in self._sent[self._example]:
            heard.repeated = True
        self._example, first = slice(0, 0), len(self._sent)
        try:
            yield
        finally:
            self._example = slice(first, len(self._sent))

    @property
    def _sent_at_last(self) -> list[Heard]:
        """What was sent, of several examples that of the last one only."""
        return [heard for heard in self._sent if not heard.repeated]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Forget what the test before has sent."""
        self._sent.clear()
        self._example = slice(0, 0)
