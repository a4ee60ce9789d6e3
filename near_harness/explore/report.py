"""What an exploration has to say."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from near_harness.explore.errors import ExplorationFailed
from near_harness.explore.scene import Root
from near_harness.explore.trace import Trace


@dataclass(frozen=True)
class Finding:
    """Something that must not be, and the shortest way to it that was found.

    ``oracle`` says who found it, ``text`` what; ``schedule`` is the line to paste back; ``transactions`` are those that are
    needed, ``trace`` is the schedule as it ran, ``good`` the nearest one-at-a-time order, in which all is well (None where there
    is none).
    """

    oracle: str
    text: str
    schedule: str
    transactions: tuple[str, ...]
    trace: Trace
    good: Trace | None = None
    roots: tuple[Root, ...] = field(default=(), repr=False)
    """The same transactions, signed."""

    def as_json(self) -> dict[str, Any]:
        """What was found, and how it ran, as JSON has it."""
        return {
            "oracle": self.oracle,
            "text": self.text,
            "schedule": self.schedule,
            "trace": self.trace.as_json(),
            "good": None if self.good is None else self.good.as_json(),
        }

    def __str__(self) -> str:
        from near_harness.render.schedule import finding_text  # noqa: PLC0415 - rich is loaded where something is printed

        return finding_text(self)


@dataclass(frozen=True)
class Part:
    """One search: what it was (``orders``, ``stranger``, ``fault``), how many orders, and whether these were all of them."""

    name: str
    orders: int
    exhaustive: bool
    sampled: int = 0
    undecided: bool = False
    """Some outcome is in none of the one-at-a-time orders that were tried, and there are too many of these to try all."""


@dataclass(frozen=True)
class Report:
    """What :meth:`near_harness.Near.explore` gives. It can be pickled.

    ``orders`` were run, each of them different where it matters; ``exhaustive`` says whether these were all. ``sampled`` counts
    the orders that were drawn by lot where there were too many. ``never`` are the names in ``sometimes`` that did not happen.
    """

    order: str
    parts: tuple[Part, ...]
    receipts: int
    seconds: float
    findings: tuple[Finding, ...] = ()
    never: tuple[str, ...] = ()
    stopped: bool = False
    """The first finding ended the search."""
    chain: bytes = field(default=b"", repr=False)
    """The chain at the beginning, where something was found."""
    protocol_version: int = 0
    pages: tuple[str, ...] = ()
    """Where the findings were written."""

    @property
    def orders(self) -> int:
        """How many orders of the actors' calls were explored, without those with faults or strangers, or drawn by lot."""
        return self._sum("orders") + self._sum("replayed")

    @property
    def sampled(self) -> int:
        """How many orders were drawn by lot."""
        return sum(part.sampled for part in self.parts)

    @property
    def exhaustive(self) -> bool:
        """Whether all orders were explored, and each could be judged."""
        return all(part.exhaustive and not part.undecided for part in self.parts)

    @property
    def replayed(self) -> bool:
        """Whether one order was asked for, and only that was run."""
        return any(part.name == "replayed" for part in self.parts)

    @property
    def found(self) -> bool:
        """Whether something was found, or something that was to happen never did."""
        return bool(self.findings or self.never)

    @property
    def safe(self) -> bool:
        """Whether nothing was found in all orders that there are."""
        return self.exhaustive and not self.found

    @property
    def summary(self) -> str:
        """One line: how much was explored, in which way, and what was found."""
        first = self.parts[0] if self.parts else Part("orders", 0, exhaustive=False)
        if self.replayed:
            done = f"replayed 1 receipt order ({self.order})"
        elif first.exhaustive:
            done = f"explored {first.orders:,}/{first.orders:,} receipt orders ({self.order}, exhaustive)"
        elif first.sampled:
            done = f"sampled {first.sampled:,} of unknown receipt orders ({self.order})"
            done += f", {first.orders:,} explored besides" if first.orders else ""
        else:
            done = f"explored {first.orders:,} receipt order{'s' * (first.orders != 1)} ({self.order})"
            done += ", until the first finding" if self.stopped else ""
        done += self._besides("stranger", "a stranger's call in between") + self._besides("fault", "a choice of faults")
        found = f"{len(self.findings)} finding{'s' * (len(self.findings) != 1)}" if self.findings else "nothing found"
        never = f"; never: {', '.join(self.never)}" if self.never else ""
        open_ = "; too many one-at-a-time orders to judge by" if any(part.undecided for part in self.parts) else ""
        return f"{done}, {self.receipts:,} receipts in {self.seconds:.1f} s; {found}{never}{open_}"

    def save(self, folder: str | os.PathLike[str], name: str = "") -> list[Path]:
        """Write each finding below ``folder``: as JSON, as a page to look at, and as a script that runs it again; the pages."""
        from near_harness.explore.files import save  # noqa: PLC0415 - only where something is written

        return [save(finding, self.chain, Path(folder), name, self.protocol_version) for finding in self.findings]

    def _sum(self, name: str) -> int:
        return sum(part.orders for part in self.parts if part.name == name)

    def _besides(self, name: str, what: str) -> str:
        parts = [part for part in self.parts if part.name == name]
        left = sum(not part.exhaustive for part in parts)
        if not parts:
            return ""
        unfinished = f" ({left:,} of them not to the end)" if left else ""
        return f" + {len(parts):,} times {what}{unfinished}, {self._sum(name):,} orders"

    def assert_safe(self, *, sampled: bool = False) -> None:
        """Fail where something was found, where something in ``sometimes`` never happened, and where not all orders were run.

        ``sampled=True`` takes on that there were too many orders for all of them: then nothing is proved.

        :raises ExplorationFailed: with the schedule that is the shortest known, drawn, and how to run it again.
        """
        if self.found:
            raise ExplorationFailed(str(self))
        if not self.exhaustive and not sampled and not self.replayed:
            raise ExplorationFailed(
                f"{self.summary}, which proves nothing: raise max_schedules= and max_seconds=, explore fewer calls at once, or "
                "take it on with assert_safe(sampled=True)"
            )

    def __str__(self) -> str:
        lines = [self.summary]
        lines += [f"  never happened: {name}" for name in self.never]
        lines += [f"  written to {page}" for page in self.pages]
        return "\n\n".join(["\n".join(lines), *map(str, self.findings)])
