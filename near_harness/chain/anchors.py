"""The stack of moments to which a chain goes back.

A moment is opened before something changes the chain and closed when that is over. Closing restores the chain only from
the top of the stack: one that is closed while another stands on it waits for it, so that a fixture whose teardown comes
late (pytest does not promise an order across scopes, pytest#12135) never brings back what was rolled back already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class Moment:
    """One entry of the stack. ``mark`` changes whenever the chain does."""

    snapshot: Any
    mark: Any
    label: str
    closed: bool = False


class AnchorStack:
    """A stack over ``snapshot()``, ``restore(snapshot)`` and ``mark()`` (such as the height) of whatever has these."""

    def __init__(self, snapshot: Callable[[], Any], restore: Callable[[Any], None], mark: Callable[[], Any]) -> None:
        self._snapshot, self._restore, self._mark = snapshot, restore, mark
        self._moments: list[Moment] = []

    @property
    def labels(self) -> tuple[str, ...]:
        """The moments that stand, from the oldest on."""
        return tuple(moment.label for moment in self._moments)

    def open(self, label: str = "") -> Moment:
        """Remember the chain as it is."""
        moment = Moment(self._snapshot(), self._mark(), label)
        self._moments.append(moment)
        return moment

    def close(self, moment: Moment) -> None:
        """Go back to a moment as soon as nothing stands on it; harmless when it is closed already."""
        moment.closed = True
        oldest = None
        while self._moments and self._moments[-1].closed:
            oldest = self._moments.pop()
        if oldest is not None:
            self._restore(oldest.snapshot)

    def drop_if_unchanged(self, moment: Moment) -> bool:
        """Take a moment off the top of the stack where the chain is as it was; tell whether it was taken off."""
        if self._moments[-1:] != [moment] or self._mark() != moment.mark:
            return False
        self._moments.pop()
        return True

    def anchor(self, label: str = "") -> Anchor:
        """Go back at the end of a ``with`` block, or an ``async with``."""
        return Anchor(self, label)


class Anchor:
    """Goes back at the end of a block. Nothing in it waits, so it is good for both kinds of block; once."""

    def __init__(self, stack: AnchorStack, label: str) -> None:
        self._stack, self._label = stack, label

    def __enter__(self) -> None:
        self._moment = self._stack.open(self._label)

    def __exit__(self, *_error: object) -> None:
        self._stack.close(self._moment)

    async def __aenter__(self) -> None:
        self.__enter__()

    async def __aexit__(self, *error: object) -> None:
        self.__exit__(*error)
