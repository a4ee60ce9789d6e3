"""Coroutines of the façade that are missed where nobody awaits them: ``alice.transfer(bob, "1 NEAR")`` as a line of a test.

Python would only warn of such a line, and the test would pass.
"""

from __future__ import annotations

import functools
import inspect
import reprlib
import sys
from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from near_harness.not_yet import NotYet

_C = TypeVar("_C", bound=type)
_P = ParamSpec("_P")
_T_co = TypeVar("_T_co", covariant=True)
_Given = tuple[tuple[Any, ...], dict[str, Any]]
"""Arguments by position, and by name."""


class NotBegun(NotYet, Coroutine[Any, Any, _T_co]):
    """A coroutine of a method that begins when it is awaited, or made a task; it is missed where it is let go of before that.

    To ``asyncio`` it is a coroutine like any other.
    """

    _nothing = "nothing was done"

    def __init__(self, coroutine: Coroutine[Any, Any, _T_co], owner: object, named: str, given: _Given) -> None:
        self._coroutine, self._owner, self._named, self._given = coroutine, owner, named, given
        self._begun = False
        self.__name__ = str(getattr(coroutine, "__name__", ""))
        self.__qualname__ = str(getattr(coroutine, "__qualname__", ""))  # what asyncio shows of a task
        super().__post_init__()
        if isinstance(owner, NotYet):
            owner.taken()
            self._nothing = owner._nothing  # noqa: SLF001 - of the same class

    def __str__(self) -> str:
        positional, by_name = self._given
        given = ", ".join([*map(_shown, positional), *(f"{name}={_shown(value)}" for name, value in by_name.items())])
        between = ", " if isinstance(self._owner, NotYet) else ""  # a call ends with its gas
        return f"{self._named or self._owner}{between}.{self.__name__}({given})"

    def __repr__(self) -> str:
        return f"<{self}, {'awaited' if self._begun else 'not awaited yet'}>"

    def __getattr__(self, name: str) -> Any:
        """Have nothing of what it gives before it is awaited.

        :raises AttributeError: always; the text says where the ``await`` belongs.
        """
        if name.startswith(("_", "cr_", "gi_")) or "_given" not in self.__dict__:  # what asyncio and inspect look for
            raise AttributeError(name)
        raise AttributeError(f"{self} has no .{name} before it is awaited: write (await …).{name}")

    def __bool__(self) -> bool:
        """Be true, as coroutines are: a task asks this when it is shown. ``assert near.exists(bob)`` is missed all the same."""
        return True

    def __await__(self) -> Generator[Any, Any, _T_co]:
        return self._begin().__await__()

    def send(self, value: Any) -> Any:
        """Go on, as coroutines do."""
        return self._begin().send(value)

    def throw(self, kind: Any, value: BaseException | object = None, traceback: TracebackType | None = None, /) -> Any:
        """Go on with an exception, as coroutines do."""
        return self._begin().throw(kind, value, traceback) if value is not None or traceback else self._begin().throw(kind)

    def close(self) -> None:
        """End it, as coroutines do: what was ended on purpose is not missed."""
        self._begin().close()

    def __del__(self) -> None:
        super().__del__()
        if not self._begun and not sys.is_finalizing():
            self._coroutine.close()  # it has been told already: Python need not warn of it

    def _begin(self) -> Coroutine[Any, Any, _T_co]:
        self.taken()
        self._begun = True
        return self._coroutine


def begun_by_await(named: str = "") -> Callable[[_C], _C]:
    """Let the public ``async`` methods of a class, its own and those that it has from others, give a :class:`NotBegun`.

    ``named`` is how a test calls an object of the class, where that is not what ``str`` says of it.
    """

    def decorate(cls: _C) -> _C:
        for name in dir(cls):
            method = inspect.getattr_static(cls, name)
            if not name.startswith("_") and inspect.iscoroutinefunction(method) and not hasattr(method, "__wrapped__"):
                setattr(cls, name, _missed(method, named))
        return cls

    return decorate


def _missed(method: Callable[_P, Coroutine[Any, Any, _T_co]], named: str) -> Callable[_P, Coroutine[Any, Any, _T_co]]:
    @functools.wraps(method)
    def made(*args: _P.args, **by_name: _P.kwargs) -> Coroutine[Any, Any, _T_co]:
        return NotBegun(method(*args, **by_name), args[0], named, (args[1:], by_name))

    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(made)
    return made


def _shown(value: object) -> str:
    return str(value) if isinstance(value, NotYet) or hasattr(value, "key") else reprlib.repr(value)
