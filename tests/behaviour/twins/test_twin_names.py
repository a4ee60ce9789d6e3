"""Concurrency: somebody acts on another's change that is still pending, and is taken back later."""

from __future__ import annotations

import pytest
from behaviour.twins.conftest import Deploy

from near_harness import NEAR, Account, Contract, Near, expect
from near_harness.outcome import Outcome


@pytest.fixture
async def strict(clerk: Contract) -> Contract:
    """A clerk who approves of nobody."""
    await clerk.set_refuses(refuses=True).by(clerk)
    return clerk


@pytest.fixture
async def bad(deploy: Deploy, strict: Contract) -> Contract:
    return await deploy("names_bad", clerk=strict.id)


@pytest.fixture
async def good(deploy: Deploy, strict: Contract) -> Contract:
    return await deploy("names_good", clerk=strict.id)


async def sells_before_the_answer(near: Near, names: Contract, alice: Account, bob: Account) -> Outcome:
    """Alice registers and offers a name; before the clerk has answered, bob buys it. Returns what came of that."""
    async with near.paused() as chain:
        registers = await chain.send(names.register(name="gold").by(alice))
        await chain.step_transaction(registers)
        await chain.step_receipt(chain.pending().receipt("register"))
        offers = await chain.send(names.offer(name="gold", price=NEAR(5)).by(alice))
        await chain.step_transaction(offers)
        await chain.step_receipt(chain.pending().receipt("offer"))
        buys = await chain.send(names.buy(name="gold").by(bob).attach(NEAR(5)))
        await chain.step_transaction(buys)
        await chain.step_receipt(chain.pending().receipt("buy"))
        assert chain.pending().receipt("approves").receiver == "clerk.sandbox"
    assert (await registers).json() is False
    assert await names.entry(name="gold") is None
    return await buys.attempt()


@pytest.mark.near_needs("stepping")
async def test_what_was_bought_before_it_was_confirmed_is_gone(near: Near, bad: Contract, alice: Account, bob: Account) -> None:
    expect(await sells_before_the_answer(near, bad, alice, bob)).succeeded().lost(NEAR(5), by=bob)

    expect(await bad.withdraw().by(alice)).gained(NEAR(5), by=alice)  # for a name that never was hers


@pytest.mark.near_needs("stepping")
async def test_what_is_not_confirmed_cannot_be_bought(near: Near, good: Contract, alice: Account, bob: Account) -> None:
    tx = await sells_before_the_answer(near, good, alice, bob)

    expect(tx).panicked("the name is not confirmed yet").returned_everything_but_gas(to=bob)
    assert await good.earned_by(alice).amount() == 0


async def test_what_is_confirmed_can_be_bought(good: Contract, strict: Contract, alice: Account, bob: Account) -> None:
    await strict.set_refuses(refuses=False).by(strict)
    await good.register(name="gold").by(alice)
    await good.offer(name="gold", price=NEAR(5)).by(alice)

    await good.buy(name="gold").by(bob).attach(NEAR(5))

    assert (await good.entry(name="gold"))["owner"] == bob.id
    expect(await good.withdraw().by(alice)).gained(NEAR(5), by=alice)
