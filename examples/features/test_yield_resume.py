"""Yield and resume: a call that has its result when another account has given it, or after 200 blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import NEAR, Account, Contract, ContractPanic, Near, expect


@pytest.fixture
async def workshop(near: Near, wasm: Path) -> Contract:
    """The contract that keeps questions."""
    return await near.deploy(wasm / "workshop.wasm", "workshop")


async def test_a_question_has_its_answer_later(near: Near, workshop: Contract, alice: Account, bob: Account) -> None:
    asked = await workshop.ask(question="6 x 7?").by(alice).attach(NEAR(1)).start()
    await near.fast_forward(50)

    answered = await workshop.answer(question="6 x 7?", text="42").by(bob)

    expect(answered).paid(NEAR(1), by=workshop, to=bob)
    tx = await asked
    assert tx.result() == "42"


async def test_nobody_answers(near: Near, workshop: Contract, alice: Account) -> None:
    asked = await workshop.ask(question="6 x 7?").by(alice).attach(NEAR(1)).start()
    await near.fast_forward(250)

    tx = await asked

    assert tx.result() is None
    expect(tx).paid(NEAR(1), by=workshop, to=alice)


async def test_an_answer_that_comes_too_late(near: Near, workshop: Contract, alice: Account, bob: Account) -> None:
    asked = await workshop.ask(question="6 x 7?").by(alice).attach(NEAR(1)).start()
    await near.fast_forward(250)

    await workshop.answer(question="6 x 7?", text="42").by(bob).expect_failure(ContractPanic, "nobody waits")
    assert (await asked).result() is None
