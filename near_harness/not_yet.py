"""What does nothing before it is awaited, and who hears of what never was."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Protocol

from near_harness.errors import BadInput

if TYPE_CHECKING:
    from typing_extensions import Self


class NeverAwaited(RuntimeWarning):
    """A call or a view was put together and never awaited, so that nothing was sent or read."""


class Hearer(Protocol):
    """Who hears of what was never awaited."""

    def hear(self, forgotten: str) -> None:
        """Hear of one."""


class Warner:
    """Warns, as Python does of coroutines: scripts, notebooks and the REPL hear of it so."""

    def hear(self, forgotten: str) -> None:
        """Warn of one."""
        warnings.warn(forgotten, NeverAwaited, stacklevel=3)


_hearer: Hearer | None = Warner()


def heard_by(hearer: Hearer | None) -> None:
    """Let somebody hear of what is put together from now on and then let go of without an ``await``; or nobody."""
    global _hearer  # noqa: PLW0603 - who hears depends on what the process does at the time
    _hearer = hearer


class NotYet:
    """What does nothing before it is awaited.

    It is neither true nor false (``assert bank.is_open()`` would always hold), and it is missed when it is let go of without an
    ``await``: ``bank.withdraw().by(alice)`` as a line of a test would do nothing, and the test would pass.
    """

    _nothing: str = "nothing was sent"
    _hearer: Hearer | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hearer", _hearer)  # these are frozen

    def __bool__(self) -> bool:
        """Refuse, as an ``await`` was forgotten.

        :raises BadInput: always.
        """
        raise BadInput(f"{self} is neither true nor false before it is awaited: write (await …)")

    def __del__(self) -> None:
        if self._hearer is not None and not sys.is_finalizing():
            self._hearer.hear(f"{self} was never awaited: {self._nothing}")

    def taken(self) -> Self:
        """Return this, which has come to somebody who knows what to do with it: nobody misses it any more."""
        object.__setattr__(self, "_hearer", None)
        return self


def take(given: object) -> None:
    """Miss nothing of what was handed over: a call, or several of them in lists and tuples."""
    if isinstance(given, NotYet):
        given.taken()
    elif isinstance(given, (list, tuple)):
        for one in given:
            take(one)
