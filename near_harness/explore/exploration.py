"""One exploration from the question to the report."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from near_harness.explore.errors import NotDeterministic
from near_harness.explore.faults import Fault
from near_harness.explore.jury import Found, Jury
from near_harness.explore.minimise import minimise, nearest
from near_harness.explore.moves import Moves, Order
from near_harness.explore.oracles import CallbackGas, Invariant, Oracle, Predicate, Serialisable, Tokens
from near_harness.explore.outcomes import Outcomes, Project
from near_harness.explore.probes import Eventually
from near_harness.explore.report import Finding, Part, Report
from near_harness.explore.sample import sample
from near_harness.explore.scene import Root, Scene
from near_harness.explore.schedule import Schedule
from near_harness.explore.search import Counts, Search
from near_harness.explore.serial import Serial, run_first_in_first_out
from near_harness.explore.trace import Trace, trace

_SHARE_OF_SEARCH = 0.6
"""Of the time, before orders are drawn by lot instead."""
_SAMPLED = 2_000
_FOR_SHRINKING_S = 5.0


@dataclass(frozen=True)
class Question:
    """What is to hold, in which orders, and how long it may take."""

    order: Order = "fifo"
    invariant: Predicate | None = None
    at_every_receipt: bool = False
    sometimes: Mapping[str, Predicate] = field(default_factory=dict)
    serialisable: bool = True
    project: Project | None = None
    max_schedules: int = 20_000
    max_seconds: float = 30.0
    all_findings: bool = False
    seed: int = 0
    probes: tuple[Root, ...] = ()


class Exploration:
    """Asks a question of a scene."""

    def __init__(self, scene: Scene, question: Question) -> None:
        self._scene, self._question = scene, question
        self._places = Moves(scene).places
        self._outcomes = Outcomes(scene.base, self._places, question.project)
        self._tokens: Tokens | None = None
        self._began = time.monotonic()
        self._parts: list[Part] = []
        self._counts = Counts()
        self._notes: list[str] = []
        self._seen: set[str] = set()

    def run(self) -> Report:
        """Explore, make what was found small, and report."""
        self._check_determinism()
        found = self._explore({})
        seconds = time.monotonic() - self._began
        findings = tuple(self._finding(one) for one in found)
        never = tuple(name for name in self._question.sometimes if name not in self._seen) if not findings else ()
        return Report(
            self._question.order,
            tuple(self._parts),
            self._counts.receipts,
            seconds,
            findings,
            never,
            tuple(self._notes),
            stopped=self._counts.stopped,
        )

    def _check_determinism(self) -> None:
        """Run the first order twice, and learn which accounts take part."""
        roots = []
        for _ in range(2):
            moves = self._moves(self._scene, {})
            position, _ = run_first_in_first_out(moves, moves.start())
            roots.append(position.world.root)
        if roots[0] != roots[1]:
            raise NotDeterministic(
                f"the same order of the same receipts gave the states {roots[0].hex()} and {roots[1].hex()}: this is a defect of "
                "the engine"
            )
        self._tokens = Tokens.among(self._scene.base, sorted(self._places))

    def _moves(self, scene: Scene, faults: Mapping[str, Fault]) -> Moves:
        moves = Moves(scene, self._question.order, faults)
        self._places |= moves.places
        moves.places = self._places
        return moves

    def _oracles(self, scene: Scene, faults: Mapping[str, Fault]) -> list[Oracle]:
        question = self._question
        oracles: list[Oracle] = [CallbackGas()]
        if question.invariant is not None:
            oracles.append(Invariant(question.invariant, at_every_receipt=question.at_every_receipt))
        if self._tokens:
            oracles.append(self._tokens)
        if question.serialisable:
            oracles.append(Serialisable(self._serial(scene, faults), self._outcomes))
        if question.probes:
            oracles.append(Eventually(question.probes))
        return oracles

    def _serial(self, scene: Scene, faults: Mapping[str, Fault]) -> Serial:
        return Serial(scene, self._outcomes, self._places, self._question.order, faults)

    def _jury(self, scene: Scene, faults: Mapping[str, Fault], *, looking: bool = True) -> Jury:
        question = self._question
        names = [root.name for root in scene.roots]
        return Jury(
            self._oracles(scene, faults),
            question.order,
            faults,
            names,
            sometimes=question.sometimes if looking else {},
            all_findings=question.all_findings and looking,
        )

    def _explore(self, faults: Mapping[str, Fault]) -> Sequence[Found]:
        question, scene = self._question, self._scene
        moves, jury = self._moves(scene, faults), self._jury(scene, faults)
        until = self._began + question.max_seconds * _SHARE_OF_SEARCH

        def go_on(counts: Counts) -> bool:
            return counts.orders < question.max_schedules and time.monotonic() < until

        counts = Search(moves, jury, go_on=go_on).run(moves.start())
        self._counts.add(counts)
        self._counts.stopped |= counts.stopped
        sampled = 0
        if not counts.complete and not counts.stopped:
            sampled = self._sample(moves, jury)
        name = " ".join(f"{place}!{fault.name}" for place, fault in faults.items()) or "orders"
        self._parts.append(Part(name, counts.orders, counts.complete, sampled))
        self._seen |= jury.seen
        return list(jury.found.values())

    def _sample(self, moves: Moves, jury: Jury) -> int:
        until = self._began + self._question.max_seconds

        def go_on(counts: Counts) -> bool:
            return counts.orders < _SAMPLED and time.monotonic() < until

        counts = sample(moves, moves.start(), jury, seed=self._question.seed, go_on=go_on)
        self._counts.add(counts)
        self._counts.stopped |= counts.stopped
        return counts.orders

    def _finding(self, found: Found) -> Finding:
        until = time.monotonic() + _FOR_SHRINKING_S
        faults = found.schedule.plan()
        scene, least = minimise(
            self._scene,
            found,
            lambda smaller: self._jury(smaller, faults, looking=False),
            lambda: time.monotonic() < until,
        )
        texts = tuple(f"{root.name}: {root.text}" for root in scene.roots)
        return Finding(
            least.oracle, least.text, str(least.schedule), texts, trace(scene, least.schedule), self._good(scene, least)
        )

    def _good(self, scene: Scene, found: Found) -> Trace | None:
        """The one-at-a-time order that is most like the one that was found, and in which the same oracle has nothing to say."""
        faults = found.schedule.plan()
        jury = self._jury(scene, faults, looking=False)
        good = (
            tuple(path)
            for position, path in self._serial(scene, faults).paths()
            if not any(oracle == found.oracle for oracle, _ in jury.at_rest(position, path))
        )
        path = nearest(found.schedule, good)
        return None if path is None else trace(scene, Schedule.of(found.schedule.order, path, faults))


def explore(scene: Scene, question: Question) -> Report:
    """Explore the orders of a scene."""
    return Exploration(scene, question).run()
