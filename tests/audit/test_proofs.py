"""What is kept of several proofs of a fault, and how short a proof is."""

from __future__ import annotations

from dataclasses import replace

from near_harness import Contract, Near
from near_harness.audit.auditor import Auditor
from near_harness.audit.findings import Severity
from near_harness.audit.rules import rules_of
from near_harness.audit.steps import CallStep
from near_harness.audit.subject import Subject


async def test_a_proof_has_no_step_that_it_can_do_without(near: Near, bank: Contract, pool: Contract) -> None:
    with near.unobserved(), near.anchor("audit"):
        subject = Subject(bank, callees=[pool])
        world = await subject.world(near)
        auditor = Auditor(world, await subject.origin(near), rules_of(["NH002"]), tries=6)
        (finding,) = (await auditor.audit()).findings
        assert [step.method for step in finding.steps if isinstance(step, CallStep)] == ["deposit_and_stake_wrong"]
        unneeded = CallStep(world.user.id, bank.id, "total_credit")
        short = await auditor._shortest(replace(finding, steps=(unneeded, *finding.steps)))
        assert short.steps == finding.steps


async def test_the_worst_proof_is_kept_and_of_these_the_shortest(near: Near, bank: Contract, pool: Contract) -> None:
    with near.unobserved(), near.anchor("audit"):
        subject = Subject(bank, callees=[pool])
        world = await subject.world(near)
        auditor = Auditor(world, await subject.origin(near), rules_of(["NH002"]), tries=6)
        (finding,) = (await auditor.audit()).findings
        longer = replace(finding, steps=(*finding.steps, *finding.steps))
        harmless = replace(finding, severity=Severity.LOW, steps=finding.steps[-1:])
        for order in ((longer, finding, harmless), (harmless, finding, longer), (finding, longer, harmless)):
            auditor._found.clear()
            for one in order:
                auditor._keep(one)
            assert list(auditor._found.values()) == [finding]
