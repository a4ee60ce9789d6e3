"""Gas, value and re-entry as parameters of a call that the contract makes for its user."""

from __future__ import annotations

import pytest
from behaviour.twins.conftest import Deploy

from near_harness import NEAR, Account, Call, Contract, Gas, Outcome, TGas, expect

PLENTY = TGas(5)
GAS = TGas("0.35")
"""Enough for the clerk, and too little for the callback."""


async def filled(forwarder: Contract, alice: Account, bob: Account) -> Contract:
    await forwarder.put().by(alice).attach(NEAR(10))
    await forwarder.put().by(bob).attach(NEAR(1))
    return forwarder


@pytest.fixture
async def bad(deploy: Deploy, alice: Account, bob: Account) -> Contract:
    return await filled(await deploy("forwarder_bad"), alice, bob)


@pytest.fixture
async def good(deploy: Deploy, alice: Account, bob: Account) -> Contract:
    return await filled(await deploy("forwarder_good"), alice, bob)


def forward(forwarder: Contract, to: Contract, method: str = "take", gas: Gas = PLENTY) -> Call:
    """Has the forwarder call a method with one NEAR."""
    return forwarder.forward(to=to, method=method, args="{}", value=NEAR(1), gas=gas)


async def test_value_the_same_credit_is_spent_twice(bad: Contract, clerk: Contract, bob: Account) -> None:
    call = forward(bad, clerk)

    tx = await bob.batch(bad, call, call)

    expect(tx).succeeded().lost(NEAR(2), by=bad).gained(NEAR(2), by=clerk)
    assert await bad.credit_of(bob).amount() == 0
    assert await bad.total().amount() == NEAR(10)  # all of it alice's, and one is gone


async def test_value_a_credit_is_spent_once(good: Contract, clerk: Contract, bob: Account) -> None:
    call = forward(good, clerk)

    tx = await bob.batch(good, call, call).attempt()

    expect(tx).panicked("has 0 yoctoNEAR here").rolled_back(good)
    expect(await call.by(bob)).lost(NEAR(1), by=good).gained(NEAR(1), by=clerk)


async def test_gas_that_is_too_little_for_the_callback_spends_nothing(bad: Contract, clerk: Contract, bob: Account) -> None:
    for _ in range(3):
        tx = await forward(bad, clerk, gas=GAS).by(bob).attempt()
        expect(tx.receipt(clerk, "take")).succeeded()
        expect(tx.receipt(bad, "on_forwarded")).failed("GasExceeded").rolled_back()
        expect(tx).lost(NEAR(1), by=bad).gained(NEAR(1), by=clerk)

    assert await bad.credit_of(bob).amount() == NEAR(1)  # three were spent, and one is still there


async def test_gas_is_the_callees_alone(good: Contract, clerk: Contract, bob: Account) -> None:
    tx = await forward(good, clerk, gas=GAS).by(bob)

    expect(tx).lost(NEAR(1), by=good).gained(NEAR(1), by=clerk)
    assert await good.credit_of(bob).amount() == 0


async def test_a_call_that_fails_returns_the_value_to_the_user(good: Contract, clerk: Contract, bob: Account) -> None:
    tx = await forward(good, clerk, method="no_such_method").by(bob).attempt()

    expect(tx).refunded(NEAR(1), to=bob).lost(NEAR(1), by=good).gained(NEAR(1), by=bob)
    assert await good.credit_of(bob).amount() == 0


async def attacked(forwarder: Contract, deploy: Deploy, bob: Account) -> tuple[Contract, Outcome]:
    """A user who is a contract has one NEAR forwarded to itself, and while it comes, has it forwarded again."""
    user = await deploy("attack_contract", "attacker")
    await user.put(victim=forwarder).by(bob).attach(NEAR(1))
    again = [forward(forwarder, user, method="on_money", gas=TGas(gas)).taken().args.decode() for gas in (75, 20)]
    tx = await user.attack(victim=forwarder, method="forward", args=again).by(bob).gas(TGas(300)).attempt()
    return user, tx


async def test_re_entry_spends_the_same_credit_again(bad: Contract, deploy: Deploy, bob: Account) -> None:
    user, tx = await attacked(bad, deploy, bob)

    expect(tx).succeeded().lost(NEAR(2), by=bad).gained(NEAR(2), by=user)
    assert await bad.credit_of(user).amount() == 0


async def test_re_entry_finds_no_credit(good: Contract, deploy: Deploy, bob: Account) -> None:
    user, tx = await attacked(good, deploy, bob)

    expect(tx).panicked("has 0 yoctoNEAR here").lost(NEAR(1), by=good).gained(NEAR(1), by=user)
