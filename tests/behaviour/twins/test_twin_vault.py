"""State that changes after the call: what was checked before it is checked again by whoever comes in between."""

from __future__ import annotations

import pytest
from behaviour.twins.conftest import Deploy

from near_harness import NEAR, Account, Contract, Near, expect


@pytest.fixture
async def bad(deploy: Deploy, alice: Account, bob: Account) -> Contract:
    return await filled(await deploy("vault_bad"), alice, bob)


@pytest.fixture
async def good(deploy: Deploy, alice: Account, bob: Account) -> Contract:
    return await filled(await deploy("vault_good"), alice, bob)


async def filled(vault: Contract, alice: Account, bob: Account) -> Contract:
    await vault.deposit().by(alice).attach(NEAR(10))
    await vault.deposit().by(bob).attach(NEAR(20))
    return vault


async def test_two_withdrawals_of_the_same_money_are_both_paid(bad: Contract, alice: Account) -> None:
    all_of_it = bad.withdraw(amount=NEAR(10))

    tx = await alice.batch(bad, all_of_it, all_of_it)

    expect(tx).succeeded().lost(NEAR(20), by=bad).gained(NEAR(20), by=alice)
    assert await bad.balance_of(alice).amount() == 0
    assert await bad.total().amount() == NEAR(20)  # all of bob's, of whose money ten are gone


async def test_the_second_withdrawal_of_the_same_money_is_refused(good: Contract, alice: Account) -> None:
    all_of_it = good.withdraw(amount=NEAR(10))

    tx = await alice.batch(good, all_of_it, all_of_it).attempt()

    expect(tx).panicked("has 0 yoctoNEAR here").paid_nothing(to=alice).rolled_back(good)
    expect(await all_of_it.by(alice)).lost(NEAR(10), by=good).gained(NEAR(10), by=alice)
    assert await good.total().amount() == NEAR(20)


async def withdraws_again_before_the_callback(near: Near, vault: Contract, alice: Account) -> tuple[bool, bool]:
    """Alice withdraws all she has; while the money is on its way, again. Returns which was successful."""
    async with near.paused() as chain:
        first = await chain.send(vault.withdraw(amount=NEAR(10)).by(alice))
        await chain.step_transaction(first)
        await chain.step_receipt(chain.pending().receipt("withdraw"))
        assert chain.pending().receipt(sender=vault, receiver=alice).actions == ("Transfer",)
        second = await chain.send(vault.withdraw(amount=NEAR(10)).by(alice))
        await chain.step_transaction(second)
        await chain.step_receipt(chain.pending().receipt("withdraw"))
    return (await first).succeeded, (await second.attempt()).succeeded


@pytest.mark.near_needs("stepping")
async def test_a_withdrawal_in_the_window_is_paid(near: Near, bad: Contract, alice: Account) -> None:
    before = await alice.balance()

    assert await withdraws_again_before_the_callback(near, bad, alice) == (True, True)

    assert NEAR("19.99") < await alice.balance() - before < NEAR(20)
    assert await bad.balance_of(alice).amount() == 0


@pytest.mark.near_needs("stepping")
async def test_a_withdrawal_in_the_window_is_refused(near: Near, good: Contract, alice: Account) -> None:
    before = await alice.balance()

    assert await withdraws_again_before_the_callback(near, good, alice) == (True, False)

    assert NEAR("9.99") < await alice.balance() - before < NEAR(10)
