"""An order of receipts as one line: ``near-schedule v1 fifo w0 w1 w0.0 w1.0!panic w0.0.cb``.

``w0`` is the receipt of the first transaction, ``w0.0`` the first that it sends, ``w0.0.cb`` the result of that, which runs the
callback. After ``!`` stands what was made to go wrong with a receipt. What the line leaves out runs when nothing else is left,
the oldest first; receipts whose order is no matter are left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from near_harness.errors import BadInput
from near_harness.explore.faults import Plan, from_word, word
from near_harness.explore.moves import ORDERS, Move, Moves, Order, Position
from near_harness.puppets.faults import Fault

_HEAD = "near-schedule"
_VERSION = "v1"
_MOVE = re.compile(r"([A-Za-z]\w*(?:\.\w+)*)(?:!([a-z_]+(?::\w+)?))?")


@dataclass(frozen=True)
class Schedule:
    """An order of receipts. ``str()`` gives the line, :meth:`parse` reads it."""

    order: Order
    names: tuple[str, ...]
    faults: tuple[tuple[str, str], ...] = ()
    """Receipts that are made to fail, and how."""

    @classmethod
    def of(cls, order: Order, path: Iterable[Move], faults: Plan | None = None) -> Schedule:
        """The schedule of receipts that ran."""
        names, broken = [], []
        for move in path:
            fault = (faults or {}).get(move.name)
            if fault is not None:
                broken.append((move.name, word(fault)))
            if not move.free or move.is_root or fault is not None:
                names.append(move.name)
        return cls(order, tuple(names), tuple(broken))

    @classmethod
    def parse(cls, line: str) -> Schedule:
        """Read a line.

        :raises BadInput: where it is none; the text says what is wrong with it.
        """
        words = line.split()
        if words[:2] != [_HEAD, _VERSION] or len(words) < 3 or words[2] not in ORDERS:
            raise BadInput(f"{line!r} is no schedule: it begins with '{_HEAD} {_VERSION} fifo' or '… any'")
        names, faults = [], []
        for one in words[3:]:
            found = _MOVE.fullmatch(one)
            if found is None:
                raise BadInput(f"{line!r} is no schedule: {one!r} is no receipt, such as w0, w0.1, w0.1.cb or w0.1!panic")
            names.append(found[1])
            if found[2] is not None:
                faults.append((found[1], found[2]))
        if len(set(names)) < len(names):
            raise BadInput(f"{line!r} is no schedule: each receipt runs once")
        return cls(cast("Order", words[2]), tuple(names), tuple(faults))

    @property
    def key(self) -> str:
        """A short name, for files."""
        return hashlib.sha256(str(self).encode()).hexdigest()[:10]

    def plan(self, known: Iterable[Fault] = ()) -> dict[str, Fault]:
        """The receipts that are made to fail. ``known``: faults beside the usual ones.

        :raises BadInput: for a fault that there is not.
        """
        return {name: from_word(fault, known) for name, fault in self.faults}

    def play(self, moves: Moves, position: Position) -> Iterator[tuple[Move, Position, object]]:
        """Run it: each receipt, the position after it, the engine's step. What it leaves out runs in the end.

        :raises ScheduleDiverged: where a receipt that it names cannot run.
        """
        named = set(self.names)
        for name in self.names:
            while (first := _runs_by_itself(moves, position, named)) is not None:
                position, step = moves.play(position, first)
                yield first, position, step
            move = moves.find(position, name)
            position, step = moves.play(position, move)
            yield move, position, step
        while enabled := moves.enabled(position):
            move = enabled[0]
            position, step = moves.play(position, move)
            yield move, position, step

    def __str__(self) -> str:
        broken = dict(self.faults)
        words = [f"{name}!{broken[name]}" if name in broken else name for name in self.names]
        return " ".join([_HEAD, _VERSION, self.order, *words])


def _runs_by_itself(moves: Moves, position: Position, named: set[str]) -> Move | None:
    """A receipt whose order is no matter, unless the schedule names it."""
    enabled = moves.enabled(position)
    alone = enabled and enabled[0].free and not enabled[0].is_root and enabled[0].name not in named
    return enabled[0] if alone else None
