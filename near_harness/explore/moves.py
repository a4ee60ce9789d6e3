"""What may happen next, and what happens then: receipts as moves.

A receipt belongs to the lane of its sender and receiver. In the order ``fifo`` the receipts of a lane never overtake each other,
as on a real chain; in the order ``any`` all of them may. The end of a yield without data belongs to no lane, since nobody sends
it: it may come before what was sent earlier, and after what was sent later. A transaction begins when the one before it, of the
same actor, has come to its end. Receipts at different accounts commute.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from near_harness.errors import BadInput
from near_harness.explore.errors import ScheduleDiverged
from near_harness.explore.faults import Plan, for_engine
from near_harness.explore.scene import Scene

Order = Literal["fifo", "any"]
ORDERS = ("fifo", "any")


class Move:
    """A receipt that is on its way. Two of the same name, in two orders, are the same receipt as long as what made them is."""

    __slots__ = ("deposit", "free", "is_root", "is_time_out", "kind", "lane", "methods", "name", "place", "sender", "tree")

    def __init__(self, parcel: Any) -> None:
        self.name: str = parcel.name
        self.place: str = parcel.receiver
        self.sender: str = parcel.predecessor
        self.kind: str = parcel.kind
        self.free: bool = parcel.free
        self.methods: list[str] = parcel.methods
        self.deposit: int = parcel.deposit
        self.tree, dot, _ = self.name.partition(".")
        self.is_root = not dot
        self.is_time_out = self.name.endswith(".timeout")
        self.lane: tuple[str, str] | None = None if self.is_root or self.is_time_out else (self.sender, self.place)

    @property
    def is_callback(self) -> bool:
        """Whether it brings a result to somebody who waits for it."""
        return self.kind in ("data", "resume")

    def __repr__(self) -> str:
        return f"<Move {self.name} {self.sender} -> {self.place}>"


class Position:
    """A state of the exploration: a world, what is on its way in it (oldest first), and which transactions were refused."""

    __slots__ = ("pending", "refused", "world")

    def __init__(self, world: Any, pending: tuple[Move, ...], refused: frozenset[str] = frozenset()) -> None:
        self.world, self.pending, self.refused = world, pending, refused


class Moves:
    """The rules of one exploration: a scene, an order, and the receipts that are made to fail."""

    def __init__(self, scene: Scene, order: Order = "fifo", faults: Plan | None = None) -> None:
        if order not in ORDERS:
            raise BadInput(f"order={order!r}: one of {', '.join(ORDERS)} is wanted")
        self.scene, self.order, self.faults = scene, order, dict(faults or {})
        self._fifo = order == "fifo"
        self._before = {root.name: before for root in scene.roots if (before := scene.before(root.name)) is not None}
        self.places: set[str] = {root.signer for root in scene.roots}
        """The accounts that were seen."""
        self.met: dict[str, Move] = {}
        """The receipts that have run in some order."""

    def start(self, roots: Iterable[str] | None = None) -> Position:
        """The beginning; with ``roots``, one in which only these transactions are there."""
        wanted = None if roots is None else set(roots)
        moves = tuple(Move(parcel) for parcel in self.scene.world.pending if wanted is None or parcel.name in wanted)
        return Position(self.scene.world, moves)

    def enabled(self, position: Position) -> list[Move]:
        """What may run next, oldest first.

        Receipts that only bring money to a plain account come alone: their order is no matter.
        """
        found: list[Move] = []
        lanes = set()
        trees = {move.tree for move in position.pending} if self._before else frozenset()
        for move in position.pending:
            if move.free and not move.is_root:
                return [move]
            if move.is_root:
                if self._before.get(move.name) not in trees:
                    found.append(move)
            elif not self._fifo or move.lane is None:
                found.append(move)
            elif move.lane not in lanes:
                lanes.add(move.lane)
                found.append(move)
        return found

    def after(self, move: Move) -> str | None:
        """The transaction that has to come to its end before this move, which begins another one."""
        return self._before.get(move.name) if move.is_root else None

    def play(self, position: Position, move: Move) -> tuple[Position, Any]:
        """Run a receipt: the position after it, and the engine's account of the step."""
        fault = self.faults.get(move.name)
        step = position.world.deliver(move.name, None if fault is None else for_engine(fault, move))
        sent = [Move(parcel) for parcel in step.sent]
        for new in sent:
            self.places.add(new.place)
            self.places.add(new.sender)
        self.places.add(move.place)
        self.met.setdefault(move.name, move)
        pending = tuple(other for other in position.pending if other is not move) + tuple(sent)
        refused = position.refused
        if move.is_root and not step.succeeded:
            refused |= {move.name}
        return Position(step.world, pending, refused), step

    def find(self, position: Position, name: str) -> Move:
        """The receipt of this name, which may run now.

        :raises ScheduleDiverged: where it may not.
        """
        enabled = self.enabled(position)
        for move in enabled:
            if move.name == name:
                return move
        waits = any(move.name == name for move in position.pending)
        why = "others are before it" if waits else "it is not on its way"
        able = ", ".join(move.name for move in enabled) or "nothing"
        raise ScheduleDiverged(f"receipt {name} cannot run now, {why}; what can: {able}")
