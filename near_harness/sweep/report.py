"""What a sweep found: a line for each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from near_harness.expectations.base import ExpectationFailed
from near_harness.render.columns import table_text

if TYPE_CHECKING:
    from near_harness.outcome import Outcome
    from near_harness.puppets.faults import Fault
    from near_harness.sweep.targets import Target


class Reach(str, Enum):
    """Whether the fault happened."""

    HAPPENED = "happened"
    NOT_REACHED = "not reached"
    """The scenario took another way, so nothing called the method."""
    IMPOSSIBLE = "not possible"


@dataclass(frozen=True)
class Run:
    """One run of the scenario. Without a target it is the plain one.

    ``ended`` is how the scenario ended: ``succeeded``, or the name of the failure that it raised. ``findings`` are what did
    not hold, ``note`` what could not be checked, or why the fault could not be had.
    """

    target: Target | None
    fault: Fault | None
    reach: Reach
    ended: str = ""
    findings: tuple[str, ...] = ()
    note: str = ""
    outcomes: tuple[Outcome, ...] = field(default=(), repr=False)

    @property
    def _line(self) -> tuple[str, str, str, str, str]:
        found = "; ".join(self.findings) or ("" if self.note or self.reach is not Reach.HAPPENED else "holds")
        what = "nothing" if self.target is None else str(self.target)
        how = "" if self.fault is None else str(self.fault)
        ended = self.ended if self.reach is Reach.HAPPENED else self.reach.value
        return what, how, ended, found, self.note

    def __str__(self) -> str:
        return "  ".join(part for part in self._line if part)


@dataclass(frozen=True)
class SweepReport:
    """All runs of a sweep; prints as a table."""

    runs: tuple[Run, ...]

    @property
    def findings(self) -> tuple[Run, ...]:
        """The runs in which something did not hold."""
        return tuple(run for run in self.runs if run.findings)

    @property
    def summary(self) -> str:
        """All of it in one line."""
        faults = [run for run in self.runs if run.fault is not None]
        places = len({run.target.place for run in faults if run.target is not None})
        reached = _count(faults, Reach.HAPPENED)
        parts = [f"{reached} faults at {places} receipt{'s' * (places != 1)}"]
        parts += [f"{n} {way.value}" for way in (Reach.NOT_REACHED, Reach.IMPOSSIBLE) if (n := _count(faults, way))]
        return f"{', '.join(parts)}: {len(self.findings) or 'no'} {'finding' if len(self.findings) == 1 else 'findings'}"

    def assert_safe(self) -> None:
        """Expect that something went wrong in some run, and that all held in each of them.

        :raises ExpectationFailed: with the table, and the receipt trees of the first run in which something did not hold.
        """
        if self.findings:
            first = self.findings[0]
            trees = "\n".join(str(outcome) for outcome in first.outcomes)
            raise ExpectationFailed(f"{self}\n\nfirst finding: {first}\n{trees}", None)
        if not any(run.reach is Reach.HAPPENED and run.fault is not None for run in self.runs):
            raise ExpectationFailed(f"nothing was tried, so nothing is known:\n{self}", None)

    def __str__(self) -> str:
        headings = ("what goes wrong", "how", "the scenario", "after it", "")
        lines = [run._line for run in self.runs]  # noqa: SLF001 - a class of this module
        return f"{table_text(headings, lines, to_the_left=5)}\n{self.summary}"


def _count(runs: Sequence[Run], reach: Reach) -> int:
    return sum(run.reach is reach for run in runs)
