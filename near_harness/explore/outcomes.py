"""What came of it: the part of a state that must not depend on who came first by chance.

Contracts' data, code, and what every account holds without gas, as far as it differs from the beginning; or what the user's
``project`` takes from the state.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from near_harness.errors import BadInput
from near_harness.explore.chain_state import ChainState
from near_harness.ledger.reordering import Rewritten, reordered

Project = Callable[[ChainState], Hashable]
Held = tuple[int, int, str | None, bytes]
"""Of one account: yocto without gas, yocto locked, code, a hash of its contract's data."""


class Outcomes:
    """Takes the outcome from states that came from one beginning."""

    def __init__(self, base: Any, places: Iterable[str], project: Project | None = None) -> None:
        self._base, self._places, self._project = base, places, project
        self._at_first: dict[str, Held | None] = {}

    def of(self, world: Any) -> Hashable:
        """The outcome; two states have the same where nobody can tell them apart."""
        if self._project is not None:
            outcome = self._project(ChainState(world))
            try:
                hash(outcome)
            except TypeError:
                raise BadInput(f"project= gave {type(outcome).__name__}, which has no hash: give a tuple or text") from None
            return outcome
        return self.changes(world)

    def changes(self, world: Any) -> tuple[tuple[str, Held | None], ...]:
        """The accounts that are not as they were at the beginning."""
        changed = []
        for place in sorted(self._places):
            if place not in self._at_first:
                self._at_first[place] = held(self._base, place)
            now = held(world, place)
            if now != self._at_first[place]:
                changed.append((place, now))
        return tuple(changed)

    def differ_in_order_only(self, world: Any, other: Any) -> bool:
        """Whether two states differ in nothing but the order of entries in sets and maps of contracts: no method promises one."""
        if self._project is not None:
            return False
        for place in self._places:
            one, two = held(world, place), held(other, place)
            if one == two:
                continue
            if one is None or two is None or one[:3] != two[:3] or not _reordered_only(world.data(place), other.data(place)):
                return False
        return True

    def at_first(self, place: str) -> Held | None:
        """What an account had at the beginning."""
        return self._at_first.get(place, held(self._base, place))


def _reordered_only(one: Iterable[tuple[bytes, bytes]], two: Iterable[tuple[bytes, bytes]]) -> bool:
    before, after = dict(one), dict(two)
    if before.keys() != after.keys():
        return False
    changed = [Rewritten(key, before[key], after[key]) for key in before if before[key] != after[key]]
    return len(reordered(changed)) == len(changed)


def held(world: Any, place: str) -> Held | None:
    """What an account has in a world; None where it does not exist."""
    if place == "system":
        return None
    found = world.account(place)
    return None if found is None else (found[0] - found[4], found[1], found[3], found[5])
