"""All orders of receipts that can matter, each of them once.

Receipts at different accounts commute, so that two orders in which every account sees the same receipts in the same order give
the same states: one of them is enough. The search runs one order to its end and looks, at each step, for an earlier receipt of
the same account with which the new one could have changed places; there it branches (source sets, with sleep sets that keep it
from running an order a second time). States are pointers, so nothing is run again to get back to a branch.

The literature: P. Abdulla, S. Aronis, B. Jonsson, K. Sagonas, "Source sets: a foundation for optimal dynamic partial order
reduction" (J. ACM 2017); for actors, whose deliveries depend on each other exactly where the receiver is the same, S. Tasharofi
and others, "TransDPOR" (FORTE 2012).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from near_harness.explore.moves import Move, Moves, Position


class Judge(Protocol):
    """Who looks at what happens."""

    def step(self, position: Position, move: Move, step: Any, path: Sequence[Move]) -> bool:
        """Look at the state after a receipt; True ends the search. ``path`` is how it was come to, the receipt included."""

    def end(self, position: Position, path: Sequence[Move]) -> bool:
        """Look at a state in which nothing is on its way any more; True ends the search."""


@dataclass(frozen=True)
class Prefix:
    """A part of a search: the orders that begin with ``path`` and then go on with none of ``asleep``. It can be pickled."""

    path: tuple[str, ...] = ()
    asleep: frozenset[str] = frozenset()


@dataclass
class Counts:
    """How far a search has come. ``blocked``: branches that turned out to be nothing new."""

    orders: int = 0
    receipts: int = 0
    blocked: int = 0
    complete: bool = False
    stopped: bool = False
    """Ended by the judge."""

    def add(self, other: Counts) -> None:
        """Add what another part of the search has seen."""
        self.orders += other.orders
        self.receipts += other.receipts
        self.blocked += other.blocked


@dataclass
class _Frame:
    """A state in which one of several receipts may run."""

    position: Position
    enabled: dict[str, Move]
    asleep: dict[str, Move]
    todo: list[str]
    """Names of those that are to run here, in the order in which that was found."""
    depth: int
    """How many receipts have run before."""


@dataclass
class _Trail:
    """The receipts that have run, and which of them had to come first: sets of their numbers, as the bits of an integer."""

    moves: list[Move] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def causes(self, move: Move, moves: Moves) -> int:
        """What made a move possible: the receipt that sent it, the one before it in its lane, the transaction before it."""
        mask = 0
        after = moves.after(move)
        for number in range(len(self.moves) - 1, -1, -1):
            ran = self.moves[number]
            if ran.tree == after or (moves.order == "fifo" and move.lane is not None and ran.lane == move.lane):
                mask |= 1 << number | self.before[number]
        maker = self.numbers.get(move.name, -1)
        if maker >= 0:
            mask |= 1 << maker | self.before[maker]
        return mask

    def last_at(self, place: str) -> int:
        """The number of the last receipt at an account, -1 without one; those that only brought money do not count."""
        for number in range(len(self.moves) - 1, -1, -1):
            if self.moves[number].place == place and not self.moves[number].free:
                return number
        return -1

    def push(self, move: Move, before: int, made: Sequence[Move]) -> None:
        number = len(self.moves)
        self.moves.append(move)
        self.before.append(before)
        for new in made:
            self.numbers[new.name] = number

    def cut(self, depth: int) -> None:
        del self.moves[depth:], self.before[depth:]


class Search:
    """A search through the orders of a scene, or through the part of them that begins with a prefix."""

    def __init__(self, moves: Moves, judge: Judge, *, go_on: Callable[[Counts], bool] = lambda _counts: True) -> None:
        self._moves, self._judge, self._go_on = moves, judge, go_on
        self.counts = Counts()
        self._trail = _Trail()
        self._frames: list[_Frame] = []

    def run(self, start: Position, prefix: Prefix | None = None) -> Counts:
        """Search. Ends early where the judge or ``go_on`` says so; then :attr:`Counts.complete` is False."""
        prefix = prefix or Prefix()
        position = start
        for name in prefix.path:
            after = self._play(position, self._moves.find(position, name))
            if after is None:
                return self.counts
            position = after
        floor = len(self._trail.moves)
        known = {move.name: move for move in position.pending}
        if not self._open(position, {name: known[name] for name in prefix.asleep if name in known}):
            self.counts.complete = not self.counts.stopped
            return self.counts
        while self._frames:
            if not self._go_on(self.counts):
                return self.counts
            frame = self._frames[-1]
            self._trail.cut(frame.depth)
            chosen = next((name for name in frame.todo if name not in frame.asleep), None)
            if chosen is None:
                self._frames.pop()
                if self._frames:
                    self._sleep(self._frames[-1])
                continue
            move = frame.enabled[chosen]
            self._branch_where_it_could_have_run(move, floor)
            asleep = {other: waits for other, waits in frame.asleep.items() if not dependent(waits, move)}
            after = self._play(frame.position, move)
            if after is None or not self._open(after, asleep):
                if self.counts.stopped:
                    return self.counts
                self._sleep(frame)
        self.counts.complete = True
        return self.counts

    def _sleep(self, frame: _Frame) -> None:
        """The move that was just explored from a frame is explored."""
        name = next(name for name in frame.todo if name not in frame.asleep)
        frame.asleep[name] = frame.enabled[name]

    def _play(self, position: Position, move: Move) -> Position | None:
        """Run a move and write down what came before it; None where the judge ends the search."""
        trail = self._trail
        before = trail.causes(move, self._moves)
        last = -1 if move.free else trail.last_at(move.place)
        if last >= 0:
            before |= 1 << last | trail.before[last]
        after, step = self._moves.play(position, move)
        self.counts.receipts += 1
        trail.push(move, before, after.pending[len(position.pending) - 1 :])
        if self._judge.step(after, move, step, trail.moves):
            self.counts.stopped = True
            return None
        return after

    def _open(self, position: Position, asleep: dict[str, Move]) -> bool:
        """Begin to explore a state; False where there is nothing to explore from it."""
        enabled = self._moves.enabled(position)
        while len(enabled) == 1 and enabled[0].free and not enabled[0].is_root:
            after = self._play(position, enabled[0])
            if after is None:
                return False
            position, enabled = after, self._moves.enabled(after)
        if not enabled:
            self.counts.orders += 1
            self.counts.stopped = self._judge.end(position, self._trail.moves)
            return False
        awake = [move for move in enabled if move.name not in asleep]
        if not awake:
            self.counts.blocked += 1
            return False
        first = min(awake, key=_eagerness)
        by_name = {move.name: move for move in enabled}
        self._frames.append(_Frame(position, by_name, asleep, [first.name], len(self._trail.moves)))
        return True

    def _branch_where_it_could_have_run(self, move: Move, floor: int) -> None:
        """Where a move races with the last receipt at its account, see to it that the other order is explored."""
        trail = self._trail
        rival = -1 if move.free else trail.last_at(move.place)
        if rival < floor:
            return
        causes = trail.causes(move, self._moves)
        if causes >> rival & 1:
            return
        frame = next((frame for frame in reversed(self._frames) if frame.depth == rival), None)
        if frame is None:
            return
        # What has run since and does not need the rival, and then the move: whatever of it can come first will do.
        firsts: list[str] = []
        inside = 0
        for number in range(rival + 1, len(trail.moves)):
            if trail.before[number] >> rival & 1:
                continue
            if not trail.before[number] & inside:
                firsts.append(trail.moves[number].name)
            inside |= 1 << number
        if not causes & inside:
            firsts.append(move.name)
        able = [name for name in firsts if name in frame.enabled]
        if able and not any(name in frame.todo or name in frame.asleep for name in able):
            frame.todo.append(able[0])


def dependent(one: Move, other: Move) -> bool:
    """Whether the order of two receipts may matter."""
    return one.place == other.place and not (one.free or other.free)


def _eagerness(move: Move) -> int:
    """Transactions begin first and callbacks run last: between them is where others act."""
    return 0 if move.is_root else 2 if move.is_callback else 1
