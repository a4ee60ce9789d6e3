"""What is kept of several proofs of a fault, and how short a proof is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio

from near_harness import Contract, Near
from near_harness.audit.auditor import Auditor
from near_harness.audit.findings import Finding, Severity
from near_harness.audit.rules import rules_of
from near_harness.audit.steps import CallStep
from near_harness.audit.subject import Subject


@pytest_asyncio.fixture
async def auditor(near: Near, bank: Contract, pool: Contract) -> AsyncIterator[Auditor]:
    """Of the bank, for callbacks that keep the money of their users."""
    with near.unobserved(), near.anchor("audit"):
        subject = Subject(bank, callees=[pool])
        yield Auditor(await subject.world(near), await subject.origin(near), rules_of(["NH002"]), tries=6)


@pytest_asyncio.fixture
async def finding(auditor: Auditor) -> Finding:
    """The only thing that it finds."""
    (finding,) = (await auditor.audit()).findings
    return finding


async def test_a_proof_has_no_step_that_it_can_do_without(auditor: Auditor, finding: Finding, bank: Contract) -> None:
    assert [step.method for step in finding.steps if isinstance(step, CallStep)] == ["deposit_and_stake_wrong"]
    unneeded = CallStep(auditor.world.user.id, bank.id, "total_credit")
    short = await auditor._shortest(replace(finding, steps=(unneeded, *finding.steps)))
    assert short.steps == finding.steps


async def test_the_worst_proof_is_kept_and_of_these_the_shortest(auditor: Auditor, finding: Finding) -> None:
    longer = replace(finding, steps=(*finding.steps, *finding.steps))
    harmless = replace(finding, severity=Severity.LOW, steps=finding.steps[-1:])
    for order in ((longer, finding, harmless), (harmless, finding, longer), (finding, longer, harmless)):
        auditor._found.clear()
        for one in order:
            auditor._keep(one)
        assert list(auditor._found.values()) == [finding]
