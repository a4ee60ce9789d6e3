"""A contract between its users and a staking pool: who is credited when, and who gets the money back."""

from __future__ import annotations

import re

import pytest

from near_harness import NEAR, Account, Contract, ContractPanic, Near, TGas, expect


@pytest.fixture
async def paused_pool(pool: Contract) -> Contract:
    """A pool that refuses to move money."""
    await pool.set_paused(paused=True).by(pool.account)
    return pool


async def test_asks_a_pool_how_much_an_account_has_staked(bank: Contract, pool: Contract, alice: Account) -> None:
    await pool.deposit_and_stake().by(alice).attach(NEAR(7))

    tx = await bank.staked_with(pool=pool, account=alice).by(alice)

    question = tx.receipt(pool, "get_account_staked_balance")
    expect(question).succeeded()
    expect(tx.receipt(bank, "on_staked_with")).succeeded().callback_of(question)
    assert tx.json() == str(int(NEAR(7)))
    expect(tx).conserved_tokens()


async def test_a_pool_that_does_not_exist_cannot_be_asked(bank: Contract, alice: Account) -> None:
    tx = await bank.staked_with(pool="nobody.sandbox", account=alice).by(alice).attempt()

    expect(tx).failed(ContractPanic, "nobody.sandbox did not say what the account has staked")
    expect(tx.receipt("nobody.sandbox")).failed("AccountDoesNotExist")


async def test_the_right_order_credits_a_stake_that_succeeded(bank: Contract, pool: Contract, alice: Account) -> None:
    tx = await bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150))

    expect(tx).succeeded()
    assert tx.json() is True
    expect(tx).paid(NEAR(10), by=bank, to=pool)
    expect(tx).kept(bank).kept(pool)
    assert await bank.credit_of(alice).amount() == NEAR(10)
    assert await pool.get_account_staked_balance(bank).amount() == NEAR(10)
    expect(tx).conserved_tokens()


async def test_the_right_order_returns_the_money_of_a_stake_that_failed(
    bank: Contract, paused_pool: Contract, alice: Account
) -> None:
    tx = await bank.deposit_and_stake(pool=paused_pool).by(alice).attach(NEAR(10)).gas(TGas(150))

    expect(tx).succeeded()  # the callback handled it
    assert tx.json() is False
    stake = tx.receipt(paused_pool, "deposit_and_stake")
    expect(stake).panicked("pool is paused").rolled_back()
    expect(stake).refunded(NEAR(10), to=bank)  # by the protocol: to the predecessor
    expect(tx.receipt(bank, "on_staked")).succeeded().callback_of(stake)
    expect(tx).paid(NEAR(10), by=bank, to=alice)  # by hand, in the callback
    expect(tx).rolled_back(paused_pool)
    expect(tx).conserved_tokens()
    assert await bank.credit_of(alice).amount() == 0


async def test_the_wrong_order_pays_twice(near: Near, bank: Contract, paused_pool: Contract, alice: Account) -> None:
    before = await alice.balance()
    tx = await bank.deposit_and_stake_wrong(pool=paused_pool).by(alice).attach(NEAR(10)).gas(TGas(150))

    expect(tx).refunded(NEAR(10), to=bank)
    expect(tx).paid(NEAR(10), by=bank, to=alice)
    assert await bank.credit_of(alice).amount() == NEAR(10)  # the credit of the stake that failed has stayed

    withdrawal = await bank.withdraw().by(alice)

    expect(withdrawal).succeeded().paid(NEAR(10), by=bank, to=alice)
    expect(withdrawal).conserved_tokens()
    assert await alice.balance() - before > NEAR("9.9")  # she has ten more than she began with, less gas
    assert await near.balance(bank) < NEAR("90.1")


async def test_the_right_order_leaves_nothing_to_withdraw(bank: Contract, paused_pool: Contract, alice: Account) -> None:
    await bank.deposit_and_stake(pool=paused_pool).by(alice).attach(NEAR(10)).gas(TGas(150)).expect_failure(at=paused_pool)

    with pytest.raises(ContractPanic, match=re.escape(f"{alice.id} has no credit")):
        await bank.withdraw().by(alice)


async def test_a_failed_withdrawal_changes_nothing(bank: Contract, alice: Account) -> None:
    tx = await bank.withdraw(amount=NEAR(5)).by(alice).attempt()

    expect(tx).panicked(f"{alice.id} has a credit of 0 yoctoNEAR").rolled_back(bank).paid_nothing(to=alice)
    expect(tx).conserved_tokens()


async def test_the_events_tell_the_story(bank: Contract, pool: Contract, alice: Account) -> None:
    tx = await bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150))

    amount = str(int(NEAR(10)))
    assert [(event.event, event.data) for event in tx.events] == [
        ("staked", {"account": bank.id, "amount": amount}),
        ("credited", {"user": alice.id, "amount": amount}),
    ]
