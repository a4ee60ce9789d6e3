"""What failed last time is run first."""

from __future__ import annotations

from collections.abc import Iterable

from near_harness.errors import BadInput
from near_harness.explore.exploration import Exploration
from near_harness.explore.question import Question
from near_harness.explore.report import Report
from near_harness.explore.scene import Scene
from near_harness.explore.schedule import Schedule


def first_that_fails(scene: Scene, question: Question, lines: Iterable[str]) -> Report | None:
    """Run schedules that are known, one by one: the report of the first in which something is found.

    Those that cannot be run any more are of another exploration of the test, or of contracts as they were.
    """
    for line in lines:
        try:
            report = Exploration(scene, question).replay(Schedule.parse(line))
        except BadInput:
            continue
        if report.findings:
            return report
    return None
