"""A callback that is not private: anybody can say what came of a call that was never made."""

from __future__ import annotations

import pytest
from behaviour.twins.conftest import Deploy

from near_harness import NEAR, Account, Contract, ContractPanic, expect


@pytest.fixture
async def bad(deploy: Deploy, clerk: Contract) -> Contract:
    return await deploy("savings_bad", clerk=clerk.id)


@pytest.fixture
async def good(deploy: Deploy, clerk: Contract) -> Contract:
    return await deploy("savings_good", clerk=clerk.id)


async def test_a_stranger_names_an_amount_and_withdraws_it(bad: Contract, alice: Account, bob: Account) -> None:
    await bad.save().by(alice).attach(NEAR(10))

    await bad.on_checked(user=bob, amount=NEAR(10)).by(bob)
    tx = await bad.withdraw(amount=NEAR(10)).by(bob)

    expect(tx).lost(NEAR(10), by=bad).gained(NEAR(10), by=bob)
    assert await bad.saved_by(alice).amount() == NEAR(10)  # who comes too late


async def test_a_stranger_cannot_call_a_private_callback(good: Contract, alice: Account, bob: Account) -> None:
    await good.save().by(alice).attach(NEAR(10))

    await good.on_checked(user=bob, amount=NEAR(10)).by(bob).expect_failure(ContractPanic, "private")

    assert await good.saved_by(bob).amount() == 0
    expect(await good.withdraw(amount=NEAR(10)).by(alice)).gained(NEAR(10), by=alice)


@pytest.mark.parametrize("why", ["set_refuses", "set_closed"])
async def test_who_is_not_approved_gets_the_money_back(good: Contract, clerk: Contract, alice: Account, why: str) -> None:
    await clerk.call(why, {why.removeprefix("set_"): True}).by(clerk)

    tx = await good.save().by(alice).attach(NEAR(10)).attempt()

    expect(tx).returned_everything_but_gas(to=alice)
    assert await good.total().amount() == 0
