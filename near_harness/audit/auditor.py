"""An audit: enter the methods, judge every run, let what the contract relies on fail, then what each rule tries for itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from near_harness.audit.facade import TRIES
from near_harness.audit.findings import Finding, Rule
from near_harness.audit.report import Report
from near_harness.audit.runs import Run, played
from near_harness.audit.survey import Entry, Survey
from near_harness.audit.variants import variants

if TYPE_CHECKING:
    from near_harness.audit.steps import CallStep, Step
    from near_harness.audit.world import Origin, World


class Auditor:
    """One audit of one contract. Rules read :attr:`world`, :attr:`survey` and :attr:`callbacks`."""

    def __init__(
        self,
        world: World,
        origin: Origin,
        rules: Sequence[Rule],
        *,
        tries: int = TRIES,
        seed: int = 0,
        examples: Sequence[CallStep] = (),
    ) -> None:
        self.world, self.rules, self._origin, self._seed = world, tuple(rules), origin, seed
        self.survey = Survey(world, self._hear, tries=tries, seed=seed, examples=examples)
        self.init = origin.init
        """The method that initialised the contract, and its arguments, where that is known."""
        self.callbacks: dict[str, list[bytes]] = {}
        """The methods that were seen to run as callbacks, with the arguments that they got."""
        self.varied: list[Entry] = []
        """Ways into methods where something that the contract relies on goes wrong."""
        self._runs = 0
        self._found: dict[str, Finding] = {}

    async def audit(self) -> Report:
        """Look for everything. The chain is as before afterwards."""
        near = self.world.near
        with near.unobserved(), self.world.aside():
            await self.survey.enter_all()
            for entry in self.entries():
                await self._vary(entry)
            for rule in self.rules:
                if rule.probe is not None:
                    async for finding in rule.probe(self):
                        self._keep(finding)
        # From the chain as it was: what the survey did to find its way is in each proof, and may be left out of it.
        with near.unobserved():
            findings = [await self._finished(finding) for finding in self._found.values()]
        findings.sort(key=lambda finding: (-finding.severity, finding.rule, finding.method, finding.detail))
        return Report(
            contract=self.world.contract_id,
            source=self._origin.source,
            code=self._origin.code,
            has_abi=self.world.interface.has_abi,
            findings=tuple(findings),
            methods=tuple(self.survey.records.values()),
            rules=self.rules,
            runs=self._runs,
            seed=self._seed,
            protocol_version=near.node.protocol_version,
            origin=self._origin,
            notes=self.world.notes,
        )

    def entries(self) -> list[Entry]:
        """All calls that got in."""
        return [entry for record in self.survey.records.values() for entry in record.entries]

    async def _vary(self, entry: Entry) -> None:
        async with played(self.world, *entry.past, entry.call) as run:
            others = list(variants(run))
        for steps in others:
            async with played(self.world, *entry.past, *steps, entry.call) as run:
                if run.entered:
                    self._hear(run)
                    self.varied.append(Entry.of(run, (*entry.past, *steps)))

    def _hear(self, run: Run) -> None:
        self._runs += 1
        for receipt in run.callbacks:
            seen = self.callbacks.setdefault(receipt.methods[0], [])
            if receipt.actions[0].args not in seen:
                seen.append(receipt.actions[0].args)
        for finding in self._judged(run):
            self._keep(finding)

    def _judged(self, run: Run) -> list[Finding]:
        return [finding for rule in self.rules if rule.judge is not None for finding in rule.judge(run)]

    def _keep(self, finding: Finding) -> None:
        """Keep the worst proof of each fault, and of equally bad ones the shortest."""
        known = self._found.get(finding.fingerprint)
        if known is None or (finding.severity, -len(finding.steps)) > (known.severity, -len(known.steps)):
            self._found[finding.fingerprint] = finding

    async def _finished(self, finding: Finding) -> Finding:
        """Bring a proof into its final form."""
        rule = next(rule for rule in self.rules if rule.id == finding.rule)
        short = await self._shortest(finding)
        return short if rule.deepen is None else await rule.deepen(self, short)

    async def _shortest(self, finding: Finding) -> Finding:
        """Leave out steps of a proof as long as the same rule still finds the same fault."""
        judged = any(rule.id == finding.rule and rule.judge is not None for rule in self.rules)
        done = len(self.world.past)
        for step in finding.steps[done:-1] if judged else ():
            fewer: list[Step] = [other for other in finding.steps[done:] if other is not step]
            async with played(self.world, *fewer) as run:
                again = [one for one in self._judged(run) if one.fingerprint == finding.fingerprint] if run.entered else []
            finding = next((one for one in again if one.severity == finding.severity), finding)
        return finding
