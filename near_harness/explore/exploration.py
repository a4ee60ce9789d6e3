"""One exploration from the question to the report."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

from near_harness.explore.counterexample import counterexample, replayed
from near_harness.explore.errors import NotDeterministic
from near_harness.explore.faults import Plan
from near_harness.explore.jury import Found, Jury
from near_harness.explore.moves import Move, Moves
from near_harness.explore.oracles import Tokens
from near_harness.explore.question import Court, Question
from near_harness.explore.report import Finding, Part, Report
from near_harness.explore.sample import sample
from near_harness.explore.scene import Scene
from near_harness.explore.schedule import Schedule
from near_harness.explore.search import Counts, Search
from near_harness.explore.serial import run_first_in_first_out

_SAMPLED = 2_000


class Exploration:
    """Asks a question of a scene."""

    def __init__(self, scene: Scene, question: Question) -> None:
        self._scene, self._question = scene, question
        self._court = Court(scene, question)
        self._met: dict[str, Move] = {}
        self._began = time.monotonic()
        self._parts: list[Part] = []
        self._counts = Counts()
        self._found: list[tuple[Scene, Found]] = []
        self._seen: set[str] = set()

    def run(self) -> Report:
        """Explore, make what was found small, and report."""
        self._get_ready()
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
        self._get_ready()
        roots = {name.partition(".")[0] for name in schedule.names}
        whole = self._scene.with_also(*(root for root in self._question.strangers if root.name in roots))
        scene = whole.only(roots)
        known = self._question.faults.kinds if self._question.faults else ()
        found, receipts = replayed(self._court, scene, schedule, schedule.plan(known))
        self._counts.receipts, self._counts.orders = receipts, 1
        self._parts.append(Part("replayed", 1, exhaustive=False))
        return self._report(found, time.monotonic() - self._began)

    def _report(self, findings: list[Finding], seconds: float) -> Report:
        never = tuple(name for name in self._question.sometimes if name not in self._seen) if not findings else ()
        parts, counts = tuple(self._parts), self._counts
        return Report(self._question.order, parts, counts.receipts, seconds, tuple(findings), never, stopped=counts.stopped)

    def _get_ready(self) -> None:
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

    def _in_time(self, share: float) -> Callable[[], bool]:
        until = self._began + self._question.max_seconds * share
        return lambda: time.monotonic() < until

    def _explore(self, name: str, scene: Scene, plan: Plan, *, until: float = 1.0, sample_until: float = 0.0) -> None:
        """Search one scene with some faults; where that takes too long, draw orders by lot."""
        moves, jury = self._court.moves(scene, plan), self._court.jury(scene, plan)
        in_time = self._in_time(until)
        counts = Counts()
        if in_time():
            search = Search(moves, jury, go_on=lambda so_far: so_far.orders < self._question.max_schedules and in_time())
            counts = search.run(moves.start())
            self._counts.add(counts)
        sampled = 0
        if sample_until and not counts.complete and not counts.stopped:
            sampled = self._sample(moves, jury, self._in_time(sample_until))
        self._parts.append(Part(name, counts.orders, counts.complete, sampled))
        self._seen |= jury.seen
        self._met.update(moves.met)
        self._found += [(scene, found) for found in jury.found.values()]
        self._counts.stopped |= bool(self._found) and not self._question.all_findings

    def _sample(self, moves: Moves, jury: Jury, in_time: Callable[[], bool]) -> int:
        counts = sample(
            moves,
            moves.start(),
            jury,
            seed=self._question.seed,
            go_on=lambda so_far: so_far.orders < _SAMPLED and in_time(),
        )
        self._counts.add(counts)
        return counts.orders

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
            for plan in faults.plans(sites, count):
                if self._over():
                    return
                self._explore("fault", self._scene, plan)


def explore(scene: Scene, question: Question) -> Report:
    """Explore the orders of a scene."""
    return Exploration(scene, question).run()
