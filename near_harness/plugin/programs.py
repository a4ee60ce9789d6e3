"""A program that never reached the chain is an error: the test believed that a puppet would do something, and nothing asked it.

What a fixture programs counts for the test that it is set up for.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from near_harness.near import Near


class UnsentPrograms:
    """Watches what tests program; a plugin of its own, registered by :mod:`near_harness.plugin.outcomes`."""

    def __init__(self) -> None:
        self._near: Near | None = None

    def watch(self, near: Near) -> None:
        """Look at the puppets of a façade from now on."""
        self._near = near

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Forget what the test before has programmed."""
        if self._near is not None:
            self._near.puppets.begin()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """Fail a test that has passed, where something was programmed and never sent."""
        result = yield
        unsent = self._near.puppets.unsent() if self._near is not None else ()
        if unsent:
            listed = "".join(f"\n  {program}" for program in unsent)
            pytest.fail(
                f"programmed, but never sent to the chain:{listed}\n"
                "It is sent before the next transaction, step or view of the same façade; or at once: await puppet.update()",
                pytrace=False,
            )
        return result
