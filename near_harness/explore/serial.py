"""One transaction at a time: what may come of the transactions when nothing runs between the receipts of one.

Each transaction runs to its end, its receipts first in, first out, as a node runs them; in every order of the transactions that
keeps each actor's own. One that waits in a yield is not at its end: others run meanwhile, and resume it or not. What is not
interrupted is each piece of it. A transaction that was refused (its first receipt failed) may as well have never been sent.
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
        moves, pieces = self._moves(scene)

        def runs(position: Position, path: list[Move]) -> Iterator[tuple[Position, list[Move]]]:
            begins = moves.enabled(position)
            if not begins:
                yield position, path
            for first in begins:
                after, more = _piece(pieces, position, first)
                yield from runs(after, path + more)

        yield from runs(moves.start(), [])

    def paths_without(self, refused: frozenset[str]) -> Iterator[tuple[Position, list[Move]]]:
        """Likewise, of all transactions and then of those that were not refused."""
        yield from self.paths()
        if refused:
            yield from self.paths(frozenset(root.name for root in self._scene.roots) - refused)

    def _moves(self, scene: Scene) -> tuple[Moves, _Pieces]:
        """What may begin, and what goes on by itself then."""
        moves, pieces = Moves(scene, self._order, self._faults), _Pieces(scene, self._order, self._faults)
        moves.places = pieces.places = self._places
        return moves, pieces

    def _outcomes_of(self, names: frozenset[str]) -> set[Hashable]:
        if names not in self._known:
            moves, pieces = self._moves(self._scene.only(names))
            self._known[names] = self._one_after_the_other(moves, lambda *begun: [_piece(pieces, *begun)[0]])
        return self._known[names]

    def _reordered(self, names: frozenset[str]) -> set[Hashable]:
        if names not in self._wide:
            moves, pieces = self._moves(self._scene.only(names))
            self._wide[names] = self._one_after_the_other(moves, lambda *begun: _reordered_piece(pieces, *begun))
        return self._wide[names]

    def _one_after_the_other(self, moves: Moves, ends: Callable[[Position, Move], list[Position]]) -> set[Hashable]:
        """The outcomes of every order of the pieces. ``ends``: the states to which one leads; from each goes on once."""
        found: set[Hashable] = set()
        known: set[_State] = set()

        def runs(position: Position) -> None:
            begins = moves.enabled(position)
            if not begins:
                found.add(self._outcomes.of(position.world))
            for first in begins:
                for after in ends(position, first):
                    if _state(after) in known:
                        continue
                    if len(known) >= MOST_STATES:
                        self.cut_short = True
                        return
                    known.add(_state(after))
                    runs(after)

        runs(moves.start())
        return found


_State = tuple[bytes, frozenset[str]]


def _state(position: Position) -> _State:
    return position.world.root, frozenset(move.name for move in position.pending)


class _Pieces(Moves):
    """Only what goes on by itself: transactions that have not begun wait, and so do the ends of yields."""

    def enabled(self, position: Position) -> list[Move]:
        return [move for move in super().enabled(position) if not (move.is_root or move.is_time_out)]


class _Ends:
    """Remembers the states in which nothing goes on by itself any more."""

    def __init__(self) -> None:
        self.positions: dict[_State, Position] = {}

    def step(self, _position: Position, _move: Move, _step: Any, _path: object) -> bool:
        return False

    def end(self, position: Position, _path: object) -> bool:
        self.positions.setdefault(_state(position), position)
        return False


def run_first_in_first_out(moves: Moves, position: Position) -> tuple[Position, list[Move]]:
    """Run everything that is on its way, the oldest first."""
    path = []
    while enabled := moves.enabled(position):
        path.append(enabled[0])
        position, _ = moves.play(position, enabled[0])
    return position, path


def _piece(pieces: _Pieces, position: Position, first: Move) -> tuple[Position, list[Move]]:
    """Let a transaction begin, or a yield end, and go on until everything of it has run or waits in a yield."""
    begun, _ = pieces.play(position, first)
    after, path = run_first_in_first_out(pieces, begun)
    after, idle = _without_idle_ends(pieces, after)
    return after, [first, *path, *idle]


def _reordered_piece(pieces: _Pieces, position: Position, first: Move) -> list[Position]:
    """The states, each once, to which that may lead with its receipts in any order."""
    begun, _ = pieces.play(position, first)
    ends = _Ends()
    Search(pieces, ends).run(begun)
    return [_without_idle_ends(pieces, end)[0] for end in ends.positions.values()]


def _without_idle_ends(pieces: _Pieces, position: Position) -> tuple[Position, list[Move]]:
    """Run the ends of yields that were resumed: they do nothing, whenever they come."""
    idle = []
    for move in position.pending:
        if move.is_time_out:
            after, step = pieces.play(position, move)
            if after.world.root == position.world.root and not step.sent:
                position = after
                idle.append(move)
    return position, idle
