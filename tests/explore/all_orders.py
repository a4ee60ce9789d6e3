"""All orders, one by one, to compare with what a search finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from near_harness.explore.moves import Move, Moves, Position
from near_harness.explore.outcomes import Outcomes


def seen_by_accounts(path: Sequence[Move]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Which receipts each account saw, in which order: two orders with the same are one."""
    seen: dict[str, list[str]] = {}
    for move in path:
        if not move.free:
            seen.setdefault(move.place, []).append(move.name)
    return tuple(sorted((place, tuple(names)) for place, names in seen.items()))


class Watcher:
    """Remembers every order that a search gives, and says when one comes twice; and what comes of them, gas left out."""

    def __init__(self, outcomes: Outcomes) -> None:
        self.orders: set[Any] = set()
        self.outcomes: set[Any] = set()
        self._of = outcomes.of

    def step(self, _position: Position, _move: Move, _step: Any, _path: Sequence[Move]) -> bool:
        return False

    def end(self, position: Position, path: Sequence[Move]) -> bool:
        order = seen_by_accounts(path)
        assert order not in self.orders, "an order that differs nowhere was explored twice"
        self.orders.add(order)
        self.outcomes.add(self._of(position.world))
        return False


def every_order(moves: Moves) -> Iterator[tuple[Position, list[Move]]]:
    """All orders, one by one, without any reduction."""

    def after(position: Position, path: list[Move]) -> Iterator[tuple[Position, list[Move]]]:
        enabled = moves.enabled(position)
        if not enabled:
            yield position, path
        for move in enabled:
            yield from after(moves.play(position, move)[0], [*path, move])

    yield from after(moves.start(), [])
