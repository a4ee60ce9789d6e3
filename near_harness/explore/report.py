"""What an exploration has to say."""

from __future__ import annotations

from dataclasses import dataclass, field

from near_harness.explore.errors import ExplorationFailed
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

    def __str__(self) -> str:
        from near_harness.render.schedule import finding_text  # noqa: PLC0415 - rich is loaded where something is printed

        return finding_text(self)


@dataclass(frozen=True)
class Part:
    """One search: what was explored, how many orders, and whether these were all of them."""

    name: str
    orders: int
    exhaustive: bool
    sampled: int = 0


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
    notes: tuple[str, ...] = field(default_factory=tuple)
    stopped: bool = False
    """The first finding ended the search."""

    @property
    def orders(self) -> int:
        """How many orders were explored; those that were sampled are not among them where the search was not exhaustive."""
        return sum(part.orders for part in self.parts if part.exhaustive or not part.sampled)

    @property
    def sampled(self) -> int:
        """How many orders were drawn by lot."""
        return sum(part.sampled for part in self.parts)

    @property
    def exhaustive(self) -> bool:
        """Whether all orders were explored."""
        return all(part.exhaustive for part in self.parts)

    @property
    def safe(self) -> bool:
        """Whether nothing was found in all orders that there are."""
        return self.exhaustive and not self.findings and not self.never

    @property
    def summary(self) -> str:
        """One line: how much was explored, in which way, and what was found."""
        if self.exhaustive:
            done = f"explored {self.orders:,}/{self.orders:,} receipt orders ({self.order}, exhaustive)"
        elif self.sampled:
            done = f"sampled {self.sampled:,} of unknown receipt orders ({self.order})"
            done += f", {self.orders:,} explored besides" if self.orders else ""
        else:
            done = f"explored {self.orders:,} receipt orders ({self.order}){', until the first finding' if self.stopped else ''}"
        found = f"{len(self.findings)} finding{'s' * (len(self.findings) != 1)}" if self.findings else "nothing found"
        never = f"; never: {', '.join(self.never)}" if self.never else ""
        return f"{done}, {self.receipts:,} receipts in {self.seconds:.1f} s; {found}{never}"

    def assert_safe(self, *, sampled: bool = False) -> None:
        """Fail where something was found, where something in ``sometimes`` never happened, and where not all orders were run.

        ``sampled=True`` takes on that there were too many orders for all of them: then nothing is proved.

        :raises ExplorationFailed: with the schedule that is the shortest known, drawn, and how to run it again.
        """
        if self.findings or self.never:
            raise ExplorationFailed(str(self))
        if not self.exhaustive and not sampled:
            raise ExplorationFailed(
                f"{self.summary}, which proves nothing: raise max_schedules= and max_seconds=, explore fewer calls at once, or "
                "take it on with assert_safe(sampled=True)"
            )

    def __str__(self) -> str:
        lines = [self.summary, *(f"  {note}" for note in self.notes)]
        lines += [f"  never happened: {name}" for name in self.never]
        return "\n\n".join(["\n".join(lines), *map(str, self.findings)])
