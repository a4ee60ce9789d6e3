"""The part of :class:`near_harness.Near` that explores orders of receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from near_harness.errors import BadInput

if TYPE_CHECKING:
    from near_harness.explore.moves import Order
    from near_harness.explore.oracles import Predicate
    from near_harness.explore.outcomes import Project
    from near_harness.explore.report import Report
    from near_harness.explore.scene import Root, Scene, Sendable

Actors = Sequence["Sendable | Sequence[Sendable]"]


class Exploring:
    """Exploration of orders, for a chain in this process."""

    async def explore(
        self,
        actors: Actors,
        *,
        invariant: Predicate | None = None,
        at_every_receipt: bool = False,
        sometimes: Mapping[str, Predicate] | None = None,
        eventually: Sequence[Sendable] = (),
        serialisable: bool = True,
        project: Project | None = None,
        order: Order = "fifo",
        time_outs: bool = False,
        max_schedules: int = 20_000,
        max_seconds: float = 30.0,
        all_findings: bool = False,
        seed: int = 0,
    ) -> Report:
        """Run the calls of several actors in every order of their receipts that can matter; nothing of it stays on the chain.

        ``actors``: for each a call, or several of which each begins when the one before has come to its end. Receipts of one
        sender and receiver stay in order (``order="fifo"``), as on a real chain, or do not (``"any"``). What must hold:

        * ``invariant(chain)``: true (or without a failing ``assert``) when nothing is on its way any more, or
          ``at_every_receipt``. ``chain`` reads a state without ``await``: ``chain.view(bank, "total_credit")``,
          ``chain.amount(…)``, ``chain.balance(bank)``, ``chain.money(bank)`` (gas left out), ``chain.data(bank)``.
        * ``serialisable``: what comes of it, some order of the transactions gives as well in which each runs to its end before
          the next begins. Compared are contracts' data and money without gas, or ``project(chain)``.
        * ``eventually``: calls that succeed afterwards, in each order: no lock is left behind.
        * ``sometimes``: predicates by name; each is true in some state of some order, so that a green run has been there.
        * Callbacks do not run out of gas; NEAR is neither lost nor made (after every receipt), nor are tokens (NEP-141).

        Beyond ``max_schedules`` or ``max_seconds`` orders are drawn by lot, and the report says so. The first finding ends the
        search unless ``all_findings``. ``time_outs``: a yield may also end without data at any time.

        :raises CapabilityMissing: on nodes other than the embedded one.
        :raises InvalidTransaction: where the protocol refuses a call; all of them are charged at the beginning.
        """
        from near_harness.explore.exploration import Question, explore  # noqa: PLC0415 - loaded where it is used

        scene, probes = await self._scene(actors, eventually, time_outs=time_outs)
        question = Question(
            order, invariant, at_every_receipt, dict(sometimes or {}), serialisable, project, max_schedules, max_seconds,
            all_findings, seed, tuple(probes),
        )  # fmt: skip
        return explore(scene, question)

    async def _scene(self, actors: Actors, eventually: Sequence[Sendable], *, time_outs: bool) -> tuple[Scene, list[Root]]:
        from near_harness.explore.scene import Scene, Signing, base_world  # noqa: PLC0415 - likewise

        base = base_world(self, time_outs=time_outs)  # type: ignore[arg-type] # Near is made of this class
        signing = await Signing.at_head(self)  # type: ignore[arg-type]
        roots: list[Root] = []
        for actor, does in enumerate(actors):
            for call in does if isinstance(does, Sequence) else [does]:
                roots.append(await signing.root(call, f"w{len(roots)}", actor))
        if not roots:
            raise BadInput("nothing to explore: actors=[[bank.withdraw().by(alice)], …] wants at least one call")
        probes = [await signing.root(call, f"p{number}", -1) for number, call in enumerate(eventually)]
        return Scene.of(base, roots), probes
