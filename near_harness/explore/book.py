"""Schedules that a test knows: the one that was asked for, and those that failed last time and are run first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from near_harness.explore.report import Report
    from near_harness.explore.wishes import Wishes


@dataclass
class ScheduleBook:
    """Of one test. ``asked``: run this one and nothing else. ``kept``: lines that failed in a run before.

    Lines belong to the test's explorations by their number in the test: two of them may ask different questions. ``folder`` is
    where findings are written, with the id of the test in the files' names; None writes nothing. ``wishes`` are asked instead of
    what the test asks.
    """

    asked: str | None = None
    kept: dict[str, list[str]] = field(default_factory=dict)
    folder: Path | None = None
    test: str = ""
    wishes: Wishes | None = None
    failed: dict[str, list[str]] = field(default_factory=dict)
    """Those that fail now."""
    explorations: int = 0

    def next_exploration(self) -> list[str]:
        """Say that another exploration begins: the lines that are kept for it."""
        self.explorations += 1
        return self.kept.get(str(self.explorations), [])

    def note(self, report: Report) -> list[Path]:
        """Remember what the exploration has found, and write it down; the pages that were written."""
        if not report.findings:
            return []
        self.failed[str(self.explorations)] = [finding.schedule for finding in report.findings]
        return report.save(self.folder, self._file_name) if self.folder is not None else []

    @property
    def _file_name(self) -> str:
        return re.sub(r"\W+", "_", self.test.rpartition("/")[2]).strip("_")[:80]
