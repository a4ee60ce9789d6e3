"""From a way to a finding to the shortest: the fewest transactions, then the fewest receipts out of turn.

A receipt is out of turn where an older one could have run instead; how many older ones is what it costs. The cheapest order that
the same oracle complains of is looked for first, so that what is left is what it takes.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

from near_harness.explore.jury import Found, Jury
from near_harness.explore.moves import Move, Moves, Position
from near_harness.explore.scene import Scene
from near_harness.explore.schedule import Schedule
from near_harness.explore.search import Counts, Search

JuryFor = Callable[[Scene], Jury]
HasGood = Callable[[Scene], bool]
_MOST_STATES = 20_000
_MOST_ORDERS = 2_000


def minimise(
    scene: Scene, found: Found, jury_for: JuryFor, has_good: HasGood, in_time: Callable[[], bool]
) -> tuple[Scene, Found]:
    """Return the scene and the finding with as few transactions and receipts out of turn as were found ``in_time``.

    ``has_good``: whether some one-at-a-time order of a scene is fine. Where one of the whole is, one of the smaller must be: else
    the finding may only say that something was left out.
    """
    scene = scene.only(found.roots)
    depends_on_order = has_good(scene)
    for smaller in _subsets(scene):
        again = _search(smaller, found, jury_for, in_time)
        if again is not None and (not depends_on_order or has_good(smaller)):
            scene, found = smaller, again
            break
        if not in_time():
            break
    return scene, _in_turn(scene, found, jury_for, in_time) or found


def _subsets(scene: Scene) -> Iterator[Scene]:
    """The same with fewer transactions, the fewest first."""
    names = [root.name for root in scene.roots]
    for size in range(1, len(names)):
        for chosen in itertools.combinations(names, size):
            yield scene.only(chosen)


def _search(scene: Scene, found: Found, jury_for: JuryFor, in_time: Callable[[], bool]) -> Found | None:
    """Look for the same in another scene."""
    jury = jury_for(scene)

    def go_on(counts: Counts) -> bool:
        return counts.orders < _MOST_ORDERS and in_time()

    moves = Moves(scene, found.schedule.order, found.plan)
    Search(moves, jury, go_on=go_on).run(moves.start())
    return next((one for one in jury.found.values() if one.oracle == found.oracle), None)


def _in_turn(scene: Scene, found: Found, jury_for: JuryFor, in_time: Callable[[], bool]) -> Found | None:
    """The cheapest order with the same finding."""
    moves, jury = Moves(scene, found.schedule.order, found.plan), jury_for(scene)
    numbers = itertools.count()

    def complaint(said: Iterator[tuple[str, str]]) -> str | None:
        return next((text for oracle, text in said if oracle == found.oracle), None)

    # Of equally cheap ones the longest goes on: it is at its end first.
    heap: list[tuple[int, int, int, Position, tuple[Move, ...], str | None]] = []
    heapq.heappush(heap, (0, 0, next(numbers), moves.start(), (), None))
    while heap and next(numbers) < _MOST_STATES and in_time():
        cost, _, _, position, path, said = heapq.heappop(heap)
        enabled = moves.enabled(position)
        if said is None and not enabled:
            said = complaint(jury.at_rest(position, path))
        if said is not None:
            return jury.found_as(found.oracle, said, path)
        for turn, move in enumerate(enabled):
            after, step = moves.play(position, move)
            said = complaint(jury.after_receipt(after, move, step))
            heapq.heappush(heap, (cost + turn, -len(path) - 1, next(numbers), after, (*path, move), said))
    return None


def nearest(schedule: Schedule, others: Iterable[Sequence[Move]]) -> Sequence[Move] | None:
    """The order that needs the fewest swaps to become the schedule."""
    rank = {name: number for number, name in enumerate(schedule.names)}

    def swaps(path: Sequence[Move]) -> int:
        places = [rank[move.name] for move in path if move.name in rank]
        return sum(one > other for one, other in itertools.combinations(places, 2))

    return min(others, key=swaps, default=None)
