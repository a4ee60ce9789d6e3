"""HoneyPot and AttackContract: whoever is paid by a call can call back in before the balance is set."""

from __future__ import annotations

import pytest
from behaviour.twins.conftest import Deploy

from near_harness import NEAR, Account, Contract, Near, TGas, expect, transactions

THRICE = ['{"tell": true}'] * 3


@pytest.fixture
async def attack(deploy: Deploy) -> Contract:
    return await deploy("attack_contract", "attack")


async def filled(pot: Contract, attack: Contract, alice: Account, mallory: Account) -> Contract:
    """Alice has nine NEAR in the pot, and the attacker one."""
    await pot.put().by(alice).attach(NEAR(9))
    await attack.put(victim=pot).by(mallory).attach(NEAR(1))
    return pot


@pytest.fixture
async def bad(deploy: Deploy, attack: Contract, alice: Account, bob: Account) -> Contract:
    return await filled(await deploy("honeypot_bad"), attack, alice, bob)


@pytest.fixture
async def good(deploy: Deploy, attack: Contract, alice: Account, bob: Account) -> Contract:
    return await filled(await deploy("honeypot_good"), attack, alice, bob)


async def test_a_payee_that_calls_back_in_is_paid_again(bad: Contract, attack: Contract, bob: Account) -> None:
    tx = await attack.attack(victim=bad, method="get", args=THRICE).by(bob).gas(TGas(300))

    expect(tx).succeeded().lost(NEAR(3), by=bad).gained(NEAR(3), by=attack)
    expect(tx).in_order({"method": "get"}, {"method": "on_money"}, {"method": "get"}, {"method": "on_paid"})
    assert await attack.collected().amount() == NEAR(3)
    assert await bad.total().amount() == NEAR(9)  # what alice has put, of which two are gone


async def test_a_payee_that_calls_back_in_finds_nothing(good: Contract, attack: Contract, bob: Account) -> None:
    tx = await attack.attack(victim=good, method="get", args=THRICE).by(bob).gas(TGas(300)).attempt()

    expect(tx.find(method="get")[1]).panicked("has 0 yoctoNEAR here")
    expect(tx).lost(NEAR(1), by=good).gained(NEAR(1), by=attack)
    assert await good.total().amount() == NEAR(9)


async def test_no_contract_is_needed_to_be_paid_twice(bad: Contract, alice: Account) -> None:
    tx = await alice.batch(bad, bad.get(), bad.get())

    expect(tx).lost(NEAR(18), by=bad).gained(NEAR(18), by=alice)


async def test_getting_twice_in_one_transaction_is_refused(good: Contract, alice: Account) -> None:
    tx = await alice.batch(good, good.get(), good.get()).attempt()

    expect(tx).panicked("has 0 yoctoNEAR here").paid_nothing(to=alice).rolled_back(good)


async def test_a_payee_without_a_contract_is_paid_all_the_same(good: Contract, alice: Account) -> None:
    tx = await good.get(tell=True).by(alice)

    assert tx.json() is True
    expect(tx).gained(NEAR(9), by=alice)
    expect(tx.receipt(alice, "on_money")).failed("CodeDoesNotExist")
    assert await good.balance_of(alice).amount() == 0


@pytest.mark.near_needs("stepping")
async def test_a_payee_that_no_longer_exists_keeps_its_balance(near: Near, good: Contract, alice: Account, bob: Account) -> None:
    async with near.paused() as chain:
        sent = await chain.send(good.get().by(alice))
        await chain.step_transaction(sent)
        await chain.submit(alice, alice, [transactions.delete_account(bob.id)])
    assert (await sent.attempt()).json() is False
    assert await good.balance_of(alice).amount() == NEAR(9)
