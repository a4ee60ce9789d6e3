"""The oracles of an exploration together, and what they have found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from near_harness.explore.faults import Plan
from near_harness.explore.moves import Move, Order, Position
from near_harness.explore.oracles import Oracle, Predicate, holds
from near_harness.explore.schedule import Schedule


@dataclass(frozen=True)
class Found:
    """What an oracle saw, and the receipts that had run by then."""

    oracle: str
    text: str
    schedule: Schedule
    roots: tuple[str, ...]
    """The transactions that were there."""
    plan: Plan
    """The faults in it."""


class Jury:
    """Judges a search. ``sometimes``: what is to happen in some state of some order."""

    def __init__(
        self,
        oracles: Sequence[Oracle],
        order: Order,
        faults: Plan,
        roots: Sequence[str],
        *,
        sometimes: Mapping[str, Predicate] | None = None,
        all_findings: bool = False,
    ) -> None:
        self._oracles, self._order, self._faults, self._roots = list(oracles), order, faults, tuple(roots)
        self._unseen = dict(sometimes or {})
        self._all = all_findings
        self.found: dict[tuple[str, str], Found] = {}
        self.seen: set[str] = set()

    @property
    def undecided(self) -> bool:
        """Whether some outcome could not be judged."""
        return any(oracle.undecided for oracle in self._oracles)

    def step(self, position: Position, move: Move, step: Any, path: Sequence[Move]) -> bool:
        """Ask the oracles after a receipt."""
        for name in [name for name, predicate in self._unseen.items() if holds(predicate, position.world) is None]:
            self.seen.add(name)
            del self._unseen[name]
        for name, said in self.after_receipt(position, move, step):
            self._report(name, said, path)
        return bool(self.found) and not self._all

    def end(self, position: Position, path: Sequence[Move]) -> bool:
        """Ask the oracles at rest."""
        for name, said in self.at_rest(position, path):
            self._report(name, said, path)
        return bool(self.found) and not self._all

    def after_receipt(self, position: Position, move: Move, step: Any) -> Iterator[tuple[str, str]]:
        """Which oracles complain after a receipt, and of what."""
        for oracle in self._oracles:
            said = oracle.after_receipt(position, move, step)
            if said is not None:
                yield oracle.name, said

    def at_rest(self, position: Position, path: Sequence[Move]) -> Iterator[tuple[str, str]]:
        """Likewise when nothing is on its way."""
        for oracle in self._oracles:
            said = oracle.at_rest(position, path)
            if said is not None:
                yield oracle.name, said

    def found_as(self, oracle: str, said: str, path: Sequence[Move]) -> Found:
        """What an oracle has found, with the way to it."""
        return Found(oracle, said, Schedule.of(self._order, path, self._faults), self._roots, self._faults)

    def _report(self, oracle: str, said: str, path: Sequence[Move]) -> None:
        if (oracle, said) not in self.found:
            self.found[oracle, said] = self.found_as(oracle, said, path)
