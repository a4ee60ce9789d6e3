"""What is made to go wrong around a call."""

from __future__ import annotations

from audit.hand_written import Writing

from near_harness import NEAR, Near
from near_harness.audit.runs import played
from near_harness.audit.steps import CallStep, DeleteStep, Step
from near_harness.audit.subject import Subject
from near_harness.audit.variants import variants


async def test_an_account_that_is_paid_is_deleted_but_not_while_it_calls(near: Near) -> None:
    w = Writing()
    payer = await near.deploy(w.contract(pay=w.pays("alice.sandbox", int(NEAR(1)))), "payer")
    world = await Subject(payer).world(near)

    async def of_a_call_by(user: str) -> list[tuple[Step, ...]]:
        async with played(world, CallStep(user, payer.id, "pay")) as run:
            assert run.result is not None and run.result.succeeded
            return list(variants(run))

    assert await of_a_call_by("bob.sandbox") == [(DeleteStep("alice.sandbox", "bob.sandbox"),)]
    assert await of_a_call_by("alice.sandbox") == []
