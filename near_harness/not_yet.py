"""What does nothing before it is awaited, and who hears of what never was."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, Protocol

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


class _OnTrial:
    """Keeps what was forgotten until it is known whether it matters, and hears for another one from then on."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._verdict: Hearer | None = self  # itself as long as there is none

    def hear(self, forgotten: str) -> None:
        """Hear of one."""
        if self._verdict is self:
            self._texts.append(forgotten)
        elif self._verdict is not None:
            self._verdict.hear(forgotten)

    def matters_to(self, hearer: Hearer | None) -> None:
        """Tell somebody, or nobody, of what there was and of what comes later."""
        self._verdict, texts, self._texts = hearer, self._texts, []
        for text in texts:
            self.hear(text)


@contextmanager
def on_trial() -> Iterator[None]:
    """Miss nothing of what was put together in a block that an exception has left: it was on its way to its ``await``.

    So with an example that Hypothesis gives up, as after ``assume(…)``.
    """
    outer = _hearer
    if outer is None:
        yield
        return
    trial = _OnTrial()
    heard_by(trial)
    try:
        yield
    except BaseException:
        trial.matters_to(None)
        raise
    finally:
        heard_by(outer)
    trial.matters_to(outer)


class NotYet:
    """What does nothing before it is awaited.

    It is neither true nor false (``assert bank.is_open()`` would always hold). It equals itself alone: ``asyncio.gather`` would
    send calls that are equal once. And it is missed when it is let go of without an ``await``: ``bank.withdraw().by(alice)`` as a
    line of a test would do nothing, and the test would pass.
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

    def __eq__(self, other: object) -> bool:
        """Whether it is the same one; to compare it with a value is refused, as an ``await`` was forgotten.

        :raises BadInput: for anything but what is awaited too.
        """
        if isinstance(other, NotYet):
            return self is other
        return self._refuse_comparison(other)

    def _refuse_comparison(self, other: object) -> NoReturn:
        raise BadInput(f"{self.taken()} cannot be compared with {other!r} before it is awaited: write (await …)")

    __lt__ = __le__ = __gt__ = __ge__ = _refuse_comparison
    __hash__ = object.__hash__

    def __getitem__(self, key: object) -> NoReturn:
        """Refuse, as an ``await`` was forgotten; so do loops.

        :raises BadInput: always.
        """
        raise BadInput(f"{self.taken()} has no elements before it is awaited: write (await …)")

    def __len__(self) -> NoReturn:
        """Refuse, as an ``await`` was forgotten.

        :raises BadInput: always.
        """
        raise BadInput(f"{self.taken()} has no length before it is awaited: write (await …)")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}, not awaited>"

    def __del__(self) -> None:
        if self._hearer is not None and not sys.is_finalizing():
            self._hearer.hear(f"{self} was never awaited: {self._nothing}")

    @property
    def is_missed(self) -> bool:
        """Whether somebody hears of it when it is let go of now."""
        return self._hearer is not None

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
