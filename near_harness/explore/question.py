"""What is asked of a scene: what is to hold, in which orders, with which faults, and how long it may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from near_harness.errors import BadInput
from near_harness.explore.faults import Faults, Plan
from near_harness.explore.jury import Jury
from near_harness.explore.moves import Moves, Order
from near_harness.explore.oracles import CallbackGas, Invariant, Oracle, Predicate, Serialisable, Tokens
from near_harness.explore.outcomes import Outcomes, Project
from near_harness.explore.probes import Eventually
from near_harness.explore.scene import Root, Scene
from near_harness.explore.serial import Serial


@dataclass(frozen=True)
class Question:
    """The question; see :meth:`near_harness.Near.explore`. ``probes`` are tried at rest, ``strangers`` act in between."""

    order: Order = "fifo"
    invariant: Predicate | None = None
    at_every_receipt: bool = False
    sometimes: Mapping[str, Predicate] = field(default_factory=dict)
    serialisable: bool = True
    project: Project | None = None
    faults: Faults | None = None
    max_schedules: int = 20_000
    max_seconds: float = 30.0
    all_findings: bool = False
    seed: int = 0
    sample: int | None = None
    """So many orders by lot, instead of all of them."""
    probes: tuple[Root, ...] = ()
    strangers: tuple[Root, ...] = ()

    def __post_init__(self) -> None:
        if self.sample is not None and self.sample < 1:
            raise BadInput(f"sample={self.sample!r}: so many orders are drawn by lot, at least one")
        if isinstance(self.max_schedules, bool) or not isinstance(self.max_schedules, int) or self.max_schedules < 1:
            raise BadInput(f"max_schedules={self.max_schedules!r}: a whole number of orders is wanted, 1 or more")
        if isinstance(self.max_seconds, bool) or not isinstance(self.max_seconds, (int, float)) or not self.max_seconds > 0:
            raise BadInput(f"max_seconds={self.max_seconds!r}: a time above zero is wanted")
        for name, predicate in {"invariant": self.invariant, "project": self.project, **self.sometimes}.items():
            if predicate is not None and not callable(predicate):
                raise BadInput(f"{name}={predicate!r}: a function of the chain is wanted, such as lambda chain: …")


class Court:
    """Makes what a question needs for one scene after the other: moves, oracles, juries."""

    def __init__(self, scene: Scene, question: Question) -> None:
        self._question = question
        self.places = Moves(scene).places
        """The accounts that were seen taking part."""
        self._outcomes = Outcomes(scene.base, self.places, question.project)
        self.tokens: Tokens | None = None

    def moves(self, scene: Scene, plan: Plan) -> Moves:
        """The rules of a scene with some faults."""
        moves = Moves(scene, self._question.order, plan)
        self.places |= moves.places
        moves.places = self.places
        return moves

    def serial(self, scene: Scene, plan: Plan) -> Serial:
        """The scene's transactions, one at a time."""
        return Serial(scene, self._outcomes, self.places, self._question.order, plan)

    def jury(self, scene: Scene, plan: Plan, *, looking: bool = True) -> Jury:
        """The oracles; with ``looking`` also what is to happen sometimes, and all findings where they are wanted."""
        question = self._question
        return Jury(
            self._oracles(scene, plan),
            question.order,
            plan,
            [root.name for root in scene.roots],
            sometimes=question.sometimes if looking else {},
            all_findings=question.all_findings and looking,
        )

    def _oracles(self, scene: Scene, plan: Plan) -> list[Oracle]:
        question = self._question
        oracles: list[Oracle] = [CallbackGas()]
        if question.invariant is not None:
            oracles.append(Invariant(question.invariant, at_every_receipt=question.at_every_receipt))
        if self.tokens:
            oracles.append(self.tokens)
        if question.serialisable:
            oracles.append(Serialisable(self.serial(scene, plan), self._outcomes))
        if question.probes:
            oracles.append(Eventually(question.probes))
        return oracles
