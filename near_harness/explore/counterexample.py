"""What was found, made small and written down."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence

from near_harness.explore.faults import Plan
from near_harness.explore.jury import Found
from near_harness.explore.minimise import minimise, nearest
from near_harness.explore.moves import Move
from near_harness.explore.question import Court
from near_harness.explore.report import Finding
from near_harness.explore.scene import Scene
from near_harness.explore.schedule import Schedule
from near_harness.explore.trace import Trace, trace

_FOR_SHRINKING_S = 5.0
_MOST_COMPARED = 120
"""One-at-a-time orders among which the nearest is looked for."""


def counterexample(court: Court, scene: Scene, found: Found) -> Finding:
    """Make a finding small, run it once more and write it down."""
    until = time.monotonic() + _FOR_SHRINKING_S
    scene, least = minimise(
        scene,
        found,
        lambda smaller: court.jury(smaller, found.plan, looking=False),
        lambda smaller: bool(_good_orders(court, smaller, found, most=1)),
        lambda: time.monotonic() < until,
    )
    return _finding(court, scene, least)


def replayed(court: Court, scene: Scene, schedule: Schedule, plan: Plan) -> tuple[list[Finding], int]:
    """Run one order: what is found in it, and how many receipts ran.

    :raises ScheduleDiverged: where it cannot be run.
    """
    jury, moves = court.jury(scene, plan), court.moves(scene, plan)
    position = moves.start()
    path: list[Move] = []
    for move, after, step in schedule.play(moves, position):
        path.append(move)
        position = after
        jury.step(after, move, step, path)
    jury.end(position, path)
    return [_finding(court, scene, found) for found in jury.found.values()], len(path)


def _finding(court: Court, scene: Scene, found: Found) -> Finding:
    texts = tuple(f"{root.name}: {root.text}" for root in scene.roots)
    good = _good(court, scene, found)
    return Finding(
        found.oracle, found.text, str(found.schedule), texts, trace(scene, found.schedule, found.plan), good, scene.roots
    )


def _good(court: Court, scene: Scene, found: Found) -> Trace | None:
    """The one-at-a-time order that is most like the one that was found, and in which the same oracle has nothing to say."""
    best = nearest(found.schedule, _good_orders(court, scene, found, most=_MOST_COMPARED))
    return None if best is None else trace(scene, Schedule.of(found.schedule.order, best, found.plan), found.plan)


def _good_orders(court: Court, scene: Scene, found: Found, most: int) -> list[Sequence[Move]]:
    """One-at-a-time orders in which the same oracle has nothing to say, of the first that there are."""
    jury = court.jury(scene, found.plan, looking=False)
    good: list[Sequence[Move]] = []
    for position, path in itertools.islice(court.serial(scene, found.plan).paths(), _MOST_COMPARED):
        if not any(oracle == found.oracle for oracle, _ in jury.at_rest(position, path)):
            good.append(path)
        if len(good) >= most:
            break
    return good
