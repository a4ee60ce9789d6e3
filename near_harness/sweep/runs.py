"""Runs a scenario plainly, then once for each receipt and each way in which it goes wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from near_harness.account_ids import account_id_of
from near_harness.contract.abi import Interface
from near_harness.errors import BadInput, CapabilityMissing, RpcError
from near_harness.outcome import Outcome
from near_harness.outcome.failures import TransactionFailed
from near_harness.progress import Progress, untold
from near_harness.puppets.faults import Fault
from near_harness.sweep.checks import Invariant, broken_invariant, callbacks_out_of_gas, missing_money
from near_harness.sweep.damage import Damage, Impossible
from near_harness.sweep.report import Reach, Run, SweepReport
from near_harness.sweep.targets import Target, callees, targets, tried

if TYPE_CHECKING:
    from near_harness.near import Near

Act = Callable[..., Awaitable[Any]]
Where = Callable[[Any], Iterable[object]] | Iterable[object]


@dataclass(frozen=True)
class Sweep:
    """A scenario, and what to try with it."""

    near: Near
    act: Act
    arrange: Act | None
    at: Where | None
    faults: Sequence[Fault] | None
    invariant: Invariant | None
    progress: Progress = untold

    async def run(self) -> SweepReport:
        """Try everything.

        :raises BadInput: where the scenario has no receipt that could go wrong.
        :raises CapabilityMissing: where the chain cannot go back and nobody says how to arrange the scenario anew.
        """
        if not self.near.node.capabilities.snapshot and self.arrange is None:
            raise CapabilityMissing(
                f"fault_sweep: the {self.near.node.kind} node cannot go back, so say how each run begins: arrange=…, an "
                "asynchronous function that takes this façade and makes the accounts and contracts anew"
            )
        plain, places = await self._plainly()
        runs = [plain]
        for target, fault in places:
            with self.near.anchors.anchor("fault sweep"), self.near.unobserved():
                runs.append(await self._with(target, fault))
            self.progress(len(runs), 1 + len(places))
        return SweepReport(tuple(runs))

    async def _plainly(self) -> tuple[Run, list[tuple[Target, Fault]]]:
        with self.near.anchors.anchor("fault sweep"):
            world = await self._arranged()
            with self._listening() as outcomes:
                await self.act(*world)
            run = await self._judged(Run(None, None, Reach.HAPPENED, "succeeded", outcomes=tuple(outcomes)), world)
            at = callees(outcomes) if self.at is None else self._places(world)
            found = targets(outcomes, at)
            if not found:
                where = f"at {', '.join(at)}" if at else "that one contract sends to another"
                raise BadInput(f"fault_sweep: the scenario has no receipt {where}, so nothing can go wrong there")
            interfaces = {target.caller: await self._interface(target.caller) for target in found}
            root_id = self.near.root.id
            return run, [(target.named(root_id), fault) for target, fault in tried(found, self.faults, interfaces.get)]

    async def _with(self, planned: Target, fault: Fault) -> Run:
        world = await self._arranged()
        target = planned.below(self.near.root.id)
        run = Run(target, fault, Reach.HAPPENED)
        damage = Damage(self.near, target.account_id, fault)
        try:
            await damage.do(target)
        except Impossible as reason:
            return replace(run, reach=Reach.IMPOSSIBLE, note=str(reason))
        with self._listening() as outcomes:
            ended = await self._ended(world)
        run = replace(run, ended=ended, outcomes=tuple(outcomes))
        if not any(outcome.find(target.account_id, target.method) for outcome in outcomes):
            run = replace(run, reach=Reach.NOT_REACHED)
        return await self._judged(run, world, damage)

    async def _ended(self, world: Sequence[Any]) -> str:
        try:
            await self.act(*world)
        except TransactionFailed as failure:
            return failure.name
        except AssertionError as error:
            return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
        return "succeeded"

    async def _judged(self, run: Run, world: Sequence[Any], damage: Damage | None = None) -> Run:
        """Check what must hold: the money while the blocks are as they were, the rest with the right contract in its place."""
        target = run.target
        findings = list(callbacks_out_of_gas(run.outcomes, (target.account_id, target.method) if target is not None else None))
        wrong = missing_money(run.outcomes)
        if wrong is not None:
            findings.append(wrong)
        mended = await damage.mend() if damage is not None else True
        note = ""
        try:
            broken = await broken_invariant(self.invariant, world)
        except RpcError as error:
            if mended:
                raise
            broken, note = None, f"the invariant was not checked: {error}"
        if broken is not None:
            findings.append(broken)
        return replace(run, findings=tuple(findings), note=note)

    # the scenario

    async def _arranged(self) -> tuple[Any, ...]:
        world = () if self.arrange is None else (await self.arrange(self.near),)
        await self.near.puppets.flush()  # before anything takes the place of one
        return world

    @contextmanager
    def _listening(self) -> Iterator[list[Outcome]]:
        """Collect the outcomes of what is sent."""
        outcomes: list[Outcome] = []

        def hear(outcome: Outcome, called: str) -> None:  # noqa: ARG001 - an observer's form
            outcomes.append(outcome)

        self.near.observers.append(hear)
        try:
            yield outcomes
        finally:
            self.near.observers.remove(hear)

    def _places(self, world: Sequence[Any]) -> tuple[str, ...]:
        chosen = self.at(*world) if callable(self.at) else self.at
        if chosen is not None and (isinstance(chosen, str) or not isinstance(chosen, Iterable)):
            raise BadInput(f"fault_sweep(at={chosen!r}): a list of accounts is wanted, such as [pool, bank]")
        return tuple(account_id_of(who) for who in chosen or ())

    async def _interface(self, account_id: str) -> Interface | None:
        try:
            return (await self.near.contract(account_id)).interface
        except RpcError:
            return None
