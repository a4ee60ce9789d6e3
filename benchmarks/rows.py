"""What a table of times is made of: rows, in sections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

OURS = "near-harness"


class Section(Enum):
    """The parts of the table, in their order. The first ones are promises, the last ones stand beside others'."""

    START = "Start"
    CALLS = "Calls"
    TIME = "Time"
    CONTRACTS = "Contracts"
    TESTS = "Isolated tests"
    STATE = "State and memory"
    IN_PROCESS = "Beside others: a chain in the test's process"
    CLIENTS = "Beside others: a node as a process, and its clients"
    SUITES = "Beside others: a suite of isolated tests"

    @property
    def compares(self) -> bool:
        """Whether several do the same work in it."""
        return self in (Section.IN_PROCESS, Section.CLIENTS, Section.SUITES)


@dataclass(frozen=True)
class Row:
    """One figure: who needs how much for what. ``most`` is what is promised; without a value, ``why`` says why there is none."""

    section: Section
    name: str
    value: float | None
    unit: str
    most: float | None = None
    by: str = OURS
    why: str = ""

    @property
    def kept(self) -> bool:
        """Whether the promise is kept; True where there is none."""
        return self.most is None or (self.value is not None and self.value <= self.most)

    @property
    def shown(self) -> str:
        """The figure with its unit, or why there is none."""
        return self.why if self.value is None else f"{figure(self.value)} {self.unit}"


def figure(value: float) -> str:
    """Write a number with two or three digits that count."""
    if abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def sections(rows: Iterable[Row]) -> list[tuple[Section, list[Row]]]:
    """The rows by section, in the order of the sections; the same work of several stands together."""
    places = {section: place for place, section in enumerate(Section)}
    names: dict[tuple[Section, str], int] = {}
    rows = list(rows)
    for row in rows:
        names.setdefault((row.section, row.name), len(names))
    ordered = sorted(rows, key=lambda row: (places[row.section], names[row.section, row.name]))
    return [(section, list(found)) for section, found in groupby(ordered, key=lambda row: row.section)]


def works(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """The rows of a section by what is done."""
    return [(name, list(found)) for name, found in groupby(rows, key=lambda row: row.name)]


def times_ours(row: Row, beside: Iterable[Row]) -> float | None:
    """How many times as long as ours a figure is; None where there is nothing to hold it against."""
    ours = next((one.value for one in beside if one.by.startswith(OURS) and one.value), None)
    return None if ours is None or row.value is None else row.value / ours
