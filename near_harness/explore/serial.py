"""One transaction at a time: what may come of the transactions when nothing runs between the receipts of one.

Each transaction runs to its end, its receipts first in, first out, as a node runs them; in every order of the transactions that
keeps each actor's own. A transaction that was refused (its first receipt failed) may as well have never been sent.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

from near_harness.explore.faults import Plan
from near_harness.explore.moves import Move, Moves, Order, Position
from near_harness.explore.outcomes import Outcomes
from near_harness.explore.scene import Scene
from near_harness.explore.search import Search

MOST_STATES = 20_000
"""States between two transactions that are tried: more than those of seven, of which each order leads to others."""


class Serial:
    """The outcomes of one scene, one transaction at a time."""

    def __init__(self, scene: Scene, outcomes: Outcomes, places: set[str], order: Order, faults: Plan) -> None:
        self._scene, self._outcomes, self._places, self._order, self._faults = scene, outcomes, places, order, faults
        self._known: dict[frozenset[str], set[Hashable]] = {}
        self._wide: dict[frozenset[str], set[Hashable]] = {}
        self.cut_short = False
        """There are more outcomes than were tried."""

    def allows(self, outcome: Hashable, refused: frozenset[str]) -> bool:
        """Whether some order of the transactions gives this outcome, those that were refused left out or not."""
        everyone = frozenset(root.name for root in self._scene.roots)
        return outcome in self._outcomes_of(everyone) or (bool(refused) and outcome in self._outcomes_of(everyone - refused))

    def allows_reordered(self, outcome: Hashable, refused: frozenset[str]) -> bool:
        """Likewise, where the receipts of one transaction may run in any order among themselves."""
        everyone = frozenset(root.name for root in self._scene.roots)
        return any(outcome in self._reordered(names) for names in {everyone, everyone - refused})

    def paths(self, names: frozenset[str] | None = None) -> Iterator[tuple[Position, list[Move]]]:
        """Every order of the transactions: the state in the end, and the receipts as they ran."""
        scene = self._scene if names is None else self._scene.only(names)
        moves = self._moves(scene)

        def runs(position: Position, left: tuple[str, ...], path: list[Move]) -> Iterator[tuple[Position, list[Move]]]:
            if not left:
                yield position, path
            for name in left:
                if scene.before(name) in left:
                    continue
                after, more = run_first_in_first_out(moves, _with_root(position, moves, name))
                yield from runs(after, tuple(other for other in left if other != name), path + more)

        names_left = tuple(root.name for root in scene.roots)
        yield from runs(Position(scene.world, ()), names_left, [])

    def _moves(self, scene: Scene) -> Moves:
        moves = Moves(scene, self._order, self._faults)
        moves.places = self._places
        return moves

    def _outcomes_of(self, names: frozenset[str]) -> set[Hashable]:
        if names not in self._known:
            scene = self._scene.only(names)
            moves = self._moves(scene)

            def end(world: Any, name: str) -> list[Any]:
                after, _ = run_first_in_first_out(moves, _with_root(Position(world, ()), moves, name))
                return [after.world]

            self._known[names] = self._one_after_the_other(scene, end)
        return self._known[names]

    def _reordered(self, names: frozenset[str]) -> set[Hashable]:
        if names not in self._wide:
            scene = self._scene.only(names)
            self._wide[names] = self._one_after_the_other(scene, lambda world, name: self._ends(scene, world, name))
        return self._wide[names]

    def _one_after_the_other(self, scene: Scene, ends: Callable[[Any, str], list[Any]]) -> set[Hashable]:
        """The outcomes of every order of the transactions. ``ends``: the states to which one leads; from each goes on once."""
        found: set[Hashable] = set()
        known: set[tuple[bytes, tuple[str, ...]]] = set()

        def runs(world: Any, left: tuple[str, ...]) -> None:
            if not left:
                found.add(self._outcomes.of(world))
            for name in left:
                if scene.before(name) in left:
                    continue
                rest = tuple(other for other in left if other != name)
                for after in ends(world, name):
                    if (after.root, rest) in known:
                        continue
                    if len(known) >= MOST_STATES:
                        self.cut_short = True
                        return
                    known.add((after.root, rest))
                    runs(after, rest)

        runs(scene.world, tuple(root.name for root in scene.roots))
        return found

    def _ends(self, scene: Scene, world: Any, name: str) -> list[Any]:
        """The states, each once, that one transaction by itself may lead to."""
        moves = self._moves(scene)
        ends = _Ends()
        Search(moves, ends).run(_with_root(Position(world, ()), moves, name))
        return list(ends.worlds.values())


class _Ends:
    """Remembers the states in which nothing is on its way any more."""

    def __init__(self) -> None:
        self.worlds: dict[bytes, Any] = {}

    def step(self, _position: Position, _move: Move, _step: Any, _path: object) -> bool:
        return False

    def end(self, position: Position, _path: object) -> bool:
        self.worlds.setdefault(position.world.root, position.world)
        return False


def run_first_in_first_out(moves: Moves, position: Position) -> tuple[Position, list[Move]]:
    """Run everything that is on its way, the oldest first."""
    path = []
    while enabled := moves.enabled(position):
        path.append(enabled[0])
        position, _ = moves.play(position, enabled[0])
    return position, path


def _with_root(position: Position, moves: Moves, name: str) -> Position:
    """Let one of the transactions of the world begin now."""
    root = next(move for move in moves.start([name]).pending)
    return Position(position.world, (*position.pending, root), position.refused)
