"""The part of :class:`near_harness.Near` that explores orders of receipts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from near_harness.errors import BadInput
from near_harness.explore.book import ScheduleBook
from near_harness.explore.wishes import Around
from near_harness.not_yet import take
from near_harness.progress import Progress, untold

if TYPE_CHECKING:
    from distributed import Client

    from near_harness.accounts import Account, Contract
    from near_harness.explore.exploration import Spread
    from near_harness.explore.faults import Faults
    from near_harness.explore.moves import Order
    from near_harness.explore.oracles import Predicate
    from near_harness.explore.outcomes import Project
    from near_harness.explore.question import Question
    from near_harness.explore.report import Report
    from near_harness.explore.scene import Root, Scene, Sendable, Signing
    from near_harness.nodes.base import Node

Actors = Sequence["Sendable | Sequence[Sendable]"]


class Exploring:
    """Exploration of orders, for a chain in this process."""

    node: Node
    schedules = ScheduleBook()
    """The schedules that the running test knows."""

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
        faults: Faults | int | None = None,
        stranger: Account | None = None,
        order: Order = "fifo",
        time_outs: bool = False,
        max_schedules: int = 20_000,
        max_seconds: float = 30.0,
        all_findings: bool = False,
        seed: int = 0,
        sample: int | None = None,
        schedule: str | None = None,
        workers: Client | None = None,
        progress: Progress = untold,
    ) -> Report:
        """Run the calls of several actors in every order of their receipts that can matter; nothing of it stays on the chain.

        ``actors``: for each a call, or several of which each begins when the one before has come to its end. Receipts of one
        sender and receiver stay in order (``order="fifo"``), as on a real chain, or do not (``"any"``). What must hold:

        * ``invariant(chain)``: true (or without a failing ``assert``) when nothing is on its way any more, or
          ``at_every_receipt``. ``chain`` reads a state without ``await``: ``chain.view(bank, "total_credit")``,
          ``chain.amount(…)``, ``chain.balance(bank)``, ``chain.money(bank)`` (gas left out), ``chain.data(bank)``.
        * ``serialisable``: what comes of it, some order of the transactions gives as well in which each runs to its end before
          the next begins, or waits in a yield. Compared are contracts' data and money without gas, or ``project(chain)``.
        * ``eventually``: calls that succeed afterwards, in each order: no lock is left behind.
        * ``sometimes``: predicates by name; each is true in some state of some order, so that a green run has been there.
        * Callbacks do not run out of gas; NEAR is neither lost nor made (after every receipt), nor are tokens (NEP-141).

        ``faults``: how many receipts may go wrong in one order, or
        :func:`~near_harness.explore.faults.fail_any_receipt_at`. ``stranger``: somebody who calls each method of the contracts
        that take part, between the receipts of each actor. ``time_outs``: a yield ends without data at any time,
        unless it was resumed before.

        Beyond ``max_schedules`` or ``max_seconds`` orders are drawn by lot, and the report says so; with ``sample`` so many are
        drawn at once, and none is searched for. The first finding ends the search unless ``all_findings``. ``schedule``: run only
        this order, as a finding names it.

        ``workers``: a client of a ``dask.distributed`` cluster, whose machines take a part of the orders each
        (:mod:`near_harness.campaign`). ``progress`` is told how many orders were run, or how many of the workers' parts are done
        (:mod:`near_harness.progress`).

        :raises CapabilityMissing: on nodes other than the embedded one.
        :raises InvalidTransaction: where the protocol refuses a call; all of them are charged at the beginning.
        :raises ScheduleDiverged: where ``schedule`` cannot be run.
        :raises CampaignError: where workers cannot take part.
        """
        take(actors)
        take(eventually)
        if not isinstance(eventually, Sequence) or isinstance(eventually, str):
            raise BadInput(f"eventually={eventually!r}: a list of calls is wanted, such as [bank.withdraw().by(alice)]")
        if sometimes is not None and not isinstance(sometimes, Mapping):
            raise BadInput(f"sometimes={sometimes!r}: a dict of predicates by name is wanted")
        asked = {
            "order": order, "invariant": invariant, "at_every_receipt": at_every_receipt, "sometimes": dict(sometimes or {}),
            "serialisable": serialisable, "project": project, "faults": faults, "max_schedules": max_schedules,
            "max_seconds": max_seconds, "all_findings": all_findings, "seed": seed, "sample": sample,
        }  # fmt: skip
        around = Around(tuple(eventually), stranger, schedule, time_outs, workers, progress)
        wishes = self.schedules.wishes
        if wishes is None:
            return await self._explore(actors, asked, around)
        report = await self._explore(actors, *await wishes.instead(self, asked, around))
        wishes.reports.append(report)
        return report

    async def _explore(self, actors: Actors, asked: Mapping[str, Any], around: Around) -> Report:
        from near_harness.explore.exploration import Exploration  # noqa: PLC0415 - loaded where it is used
        from near_harness.explore.faults import as_faults  # noqa: PLC0415 - likewise
        from near_harness.explore.kept import first_that_fails  # noqa: PLC0415 - likewise
        from near_harness.explore.question import Question  # noqa: PLC0415 - likewise
        from near_harness.explore.schedule import Schedule  # noqa: PLC0415 - likewise

        scene, signing = await self._scene(actors, time_outs=around.time_outs)
        probes = [await signing.root(call, f"p{number}", -1) for number, call in enumerate(around.eventually)]
        strangers = [] if around.stranger is None else await self._strangers(scene, signing, around.stranger)
        faults = as_faults(asked["faults"])
        question = Question(**{**asked, "faults": faults}, probes=tuple(probes), strangers=tuple(strangers))
        line = self.schedules.asked if around.schedule is None else around.schedule
        kept = self.schedules.next_exploration()
        if line is not None:
            report = Exploration(scene, question).replay(Schedule.parse(line))
        else:
            spread = self._spread(scene, question, around)
            whole = Exploration(scene, question, spread, untold if spread else around.progress)
            report = first_that_fails(scene, question, kept) or whole.run()
        return self._noted(report)

    async def replay_schedule(self, actors: Actors, schedule: str, **question: Any) -> Report:
        """Run one order of :meth:`explore`, with the same actors and the same question, and report what is found in it.

        :raises ScheduleDiverged: where it cannot be run: the contracts or the calls are others now.
        """
        take(actors)
        if not isinstance(schedule, str):
            raise BadInput(f"{schedule!r} is no schedule: a finding names it, 'near-schedule v1 …'")
        return await self.explore(actors, schedule=schedule, **question)

    def _spread(self, scene: Scene, question: Question, around: Around) -> Spread | None:
        if around.workers is None:
            return None
        from near_harness.campaign.orders import Workers  # noqa: PLC0415 - an extra

        near: Any = self  # Near is made of this class
        return Workers(around.workers, near, scene, question, time_outs=around.time_outs, progress=around.progress)

    def _noted(self, report: Report) -> Report:
        if report.findings:
            chain: Any = self  # Near is made of this class
            report = replace(report, chain=chain.dump(), protocol_version=self.node.protocol_version)
        pages = self.schedules.note(report)
        return replace(report, pages=tuple(map(str, pages)))

    async def _scene(self, actors: Actors, *, time_outs: bool = False) -> tuple[Scene, Signing]:
        from near_harness.explore.scene import Scene, Signing, base_world  # noqa: PLC0415 - likewise

        near: Any = self  # Near is made of this class
        if not isinstance(actors, Iterable):
            raise BadInput(f"{actors!r} are no actors: actors=[[bank.withdraw().by(alice)], …], a list of calls for each")
        await near.puppets.flush()
        base = base_world(near, time_outs=time_outs)
        signing = await Signing.at_head(near)
        roots: list[Root] = []
        for actor, does in enumerate(actors):
            for call in does if isinstance(does, Sequence) else [does]:
                roots.append(await signing.root(call, f"w{len(roots)}", actor))
        if not roots:
            raise BadInput("nothing to explore: actors=[[bank.withdraw().by(alice)], …] wants at least one call")
        return Scene.of(base, roots), signing

    async def _strangers(self, scene: Scene, signing: Signing, stranger: Account) -> list[Root]:
        """The stranger's calls, of all contracts that take part when the transactions run as a node runs them."""
        from near_harness.explore.moves import Moves  # noqa: PLC0415 - likewise
        from near_harness.explore.serial import run_first_in_first_out  # noqa: PLC0415 - likewise
        from near_harness.explore.strangers import strangers_calls  # noqa: PLC0415 - likewise

        near: Any = self  # Near is made of this class
        moves = Moves(scene)
        run_first_in_first_out(moves, moves.start())
        held = {place: scene.base.account(place) for place in sorted(moves.places - {"system"})}
        contracts: list[Contract] = [await near.contract(place) for place, account in held.items() if account and account[3]]
        return await strangers_calls(near, signing, stranger, contracts, [root.signer for root in scene.roots])
