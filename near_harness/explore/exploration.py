"""One exploration from the question to the report."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from near_harness.explore.counterexample import counterexample, replayed
from near_harness.explore.errors import NotDeterministic
from near_harness.explore.faults import Plan
from near_harness.explore.frontier import frontier
from near_harness.explore.jury import Found, Jury
from near_harness.explore.moves import Move, Moves
from near_harness.explore.oracles import Tokens
from near_harness.explore.question import Court, Question
from near_harness.explore.report import Finding, Part, Report
from near_harness.explore.sample import sample
from near_harness.explore.scene import Scene
from near_harness.explore.schedule import Schedule
from near_harness.explore.search import Counts, Prefix, Search
from near_harness.explore.serial import run_first_in_first_out
from near_harness.progress import Progress, untold

_SAMPLED = 2_000


@dataclass(frozen=True)
class Cast:
    """Which transactions meet, and what goes wrong with which receipt."""

    roots: tuple[str, ...]
    plan: Plan


@dataclass(frozen=True)
class Seen:
    """What a search, or a part of one, has seen. It can be pickled."""

    counts: Counts = field(default_factory=Counts)
    found: tuple[Found, ...] = ()
    sometimes: frozenset[str] = frozenset()
    met: Mapping[str, Move] = field(default_factory=dict)
    undecided: bool = False
    """Some outcome could not be judged."""


class Spread(Protocol):
    """Who runs the searches of an exploration: this process, or others."""

    def search(self, exploration: Exploration, cast: Cast, seconds: float) -> Seen:
        """Search all orders, for so long at most."""

    def sample(self, exploration: Exploration, cast: Cast, orders: int, seconds: float) -> Seen:
        """Draw so many orders by lot, for so long at most."""


class _Here:
    """Everything in this process."""

    def search(self, exploration: Exploration, cast: Cast, seconds: float) -> Seen:
        """Search in one go."""
        return exploration.search(cast, Prefix(), seconds)

    def sample(self, exploration: Exploration, cast: Cast, orders: int, seconds: float) -> Seen:
        """Draw in one go."""
        return exploration.sample(cast, 0, orders, seconds)


class Exploration:
    """Asks a question of a scene."""

    def __init__(self, scene: Scene, question: Question, spread: Spread | None = None, progress: Progress = untold) -> None:
        self._scene, self._question, self._spread, self._progress = scene, question, spread or _Here(), progress
        self._court = Court(scene, question)
        self._met: dict[str, Move] = {}
        self._began = time.monotonic()
        self._parts: list[Part] = []
        self._counts = Counts()
        self._found: list[tuple[Scene, Found]] = []
        self._seen: set[str] = set()

    def run(self) -> Report:
        """Explore, make what was found small, and report."""
        self.get_ready()
        more = bool(self._question.strangers or self._question.faults)
        self._explore("orders", self._scene, {}, until=0.3 if more else 0.6, sample_until=0.5 if more else 1.0)
        self._let_strangers_in()
        self._let_things_fail()
        seconds = time.monotonic() - self._began
        findings = [counterexample(self._court, scene, found) for scene, found in self._found]
        return self._report(findings, seconds)

    def replay(self, schedule: Schedule) -> Report:
        """Run one order only.

        :raises ScheduleDiverged: where it cannot be run any more.
        """
        self.get_ready()
        roots = {name.partition(".")[0] for name in schedule.names}
        scene = self._meeting(tuple(roots))
        known = self._question.faults.kinds if self._question.faults else ()
        found, receipts = replayed(self._court, scene, schedule, schedule.plan(known))
        self._counts.receipts, self._counts.orders = receipts, 1
        self._parts.append(Part("replayed", 1, exhaustive=False))
        return self._report(found, time.monotonic() - self._began)

    def _report(self, findings: list[Finding], seconds: float) -> Report:
        never = tuple(name for name in self._question.sometimes if name not in self._seen) if not findings else ()
        parts, counts = tuple(self._parts), self._counts
        return Report(self._question.order, parts, counts.receipts, seconds, tuple(findings), never, stopped=counts.stopped)

    def get_ready(self) -> None:
        """Run the first order twice, compare, and learn which accounts take part."""
        roots = []
        for _ in range(2):
            moves = self._court.moves(self._scene, {})
            position, _ = run_first_in_first_out(moves, moves.start())
            roots.append(position.world.root)
        if roots[0] != roots[1]:
            raise NotDeterministic(
                f"the same order of the same receipts gave the states {roots[0].hex()} and {roots[1].hex()}: this is a defect of "
                "the engine"
            )
        self._court.tokens = Tokens.among(self._scene.base, sorted(self._court.places))

    def _over(self) -> bool:
        """Whether what was found is enough."""
        return bool(self._found) and not self._question.all_findings

    def _left(self, share: float) -> float:
        """The seconds that are left of a share of the time."""
        return self._began + self._question.max_seconds * share - time.monotonic()

    def _explore(self, name: str, scene: Scene, plan: Plan, *, until: float = 1.0, sample_until: float = 0.0) -> None:
        """Search one scene with some faults; where that takes too long, or is not wanted, draw orders by lot."""
        cast = Cast(tuple(root.name for root in scene.roots), plan)
        searched, drawn = Seen(), Seen()
        wanted = self._question.sample
        if wanted is None and self._left(until) > 0:
            searched = self._spread.search(self, cast, self._left(until))
        if wanted or (sample_until and not searched.counts.complete and not searched.counts.stopped):
            drawn = self._spread.sample(self, cast, wanted or _SAMPLED, self._left(sample_until or until))
        undecided = searched.undecided or drawn.undecided
        self._parts.append(Part(name, searched.counts.orders, searched.counts.complete, drawn.counts.orders, undecided=undecided))
        found: dict[tuple[str, str], Found] = {}
        for seen in (searched, drawn):
            self._counts.add(seen.counts)
            self._seen |= seen.sometimes
            self._met.update(seen.met)
            found = {(one.oracle, one.text): one for one in seen.found} | found
        self._found += [(scene, one) for one in found.values()]
        self._counts.stopped |= bool(self._found) and not self._question.all_findings

    def search(self, cast: Cast, prefix: Prefix, seconds: float) -> Seen:
        """Search the orders that begin with a prefix, for so long at most."""
        moves, jury = self._bench(cast)
        counts = Search(moves, jury, go_on=self._within(seconds, self._question.max_schedules)).run(moves.start(), prefix)
        return _seen(counts, moves, jury)

    def sample(self, cast: Cast, lot: int, orders: int, seconds: float) -> Seen:
        """Draw so many orders by lot, for so long at most; each ``lot`` draws others."""
        moves, jury = self._bench(cast)
        seed = self._question.seed + lot
        return _seen(sample(moves, moves.start(), jury, seed=seed, go_on=self._within(seconds, orders)), moves, jury)

    def split(self, cast: Cast, at_least: int) -> list[Prefix]:
        """Split a search into parts, for :meth:`search` side by side."""
        return frontier(self._bench(cast)[0], at_least)

    def _within(self, seconds: float, orders: int) -> Callable[[Counts], bool]:
        """Whether a search goes on, asked again and again; how many orders that makes in all is told on the way."""
        until, before = time.monotonic() + seconds, self._counts.orders

        def go_on(so_far: Counts) -> bool:
            self._progress(before + so_far.orders, 0)
            return so_far.orders < orders and time.monotonic() < until

        return go_on

    def _bench(self, cast: Cast) -> tuple[Moves, Jury]:
        scene = self._meeting(cast.roots)
        return self._court.moves(scene, cast.plan), self._court.jury(scene, cast.plan)

    def _meeting(self, roots: tuple[str, ...]) -> Scene:
        """The scene with these transactions, strangers' among them."""
        if roots == tuple(root.name for root in self._scene.roots):
            return self._scene
        whole = self._scene.with_also(*(root for root in self._question.strangers if root.name in roots))
        return whole.only(roots)

    def _let_strangers_in(self) -> None:
        """Each actor alone, and a stranger's call somewhere in between."""
        actors = list(dict.fromkeys(root.actor for root in self._scene.roots))
        for stranger, actor in itertools.product(self._question.strangers, actors):
            if self._over():
                return
            alone = self._scene.only([root.name for root in self._scene.roots if root.actor == actor])
            self._explore("stranger", alone.with_also(stranger), {})

    def _let_things_fail(self) -> None:
        """Every choice of receipts that go wrong, and every order with it."""
        faults = self._question.faults
        if faults is None:
            return
        for count in range(1, faults.most + 1):
            sites = list(faults.sites(self._met.values()))
            if count > len({name for name, _ in sites}):
                return  # so many receipts there are not
            for plan in faults.plans(sites, count):
                if self._over():
                    return
                self._explore("fault", self._scene, plan)


def _seen(counts: Counts, moves: Moves, jury: Jury) -> Seen:
    return Seen(counts, tuple(jury.found.values()), frozenset(jury.seen), dict(moves.met), jury.undecided)


def explore(scene: Scene, question: Question) -> Report:
    """Explore the orders of a scene."""
    return Exploration(scene, question).run()
