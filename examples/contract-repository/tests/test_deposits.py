"""What becomes of a user's money: staked, refused, withdrawn."""

from __future__ import annotations

import pytest

from near_harness import NEAR, Account, Contract, ContractPanic, Near, TGas, at_least, expect


async def test_a_deposit_is_staked_and_credited(bank: Contract, pool: Contract, alice: Account) -> None:
    tx = await bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150))

    expect(tx).contains(receiver=pool, method="deposit_and_stake", predecessor=bank, deposit=NEAR(10))
    expect(tx).contains(event={"event": "credited", "data": {"user": alice, "amount": NEAR(10)}})
    expect(tx).conserved_tokens()
    assert await bank.credit_of(alice).amount() == NEAR(10)


async def test_a_paused_pool_costs_the_user_nothing_but_gas(bank: Contract, pool: Contract, alice: Account) -> None:
    await pool.set_paused(paused=True).by(pool)

    tx = await bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150))

    expect(tx.receipt(pool, "deposit_and_stake")).panicked("pool is paused")
    expect(tx).returned_everything_but_gas(to=alice)
    assert await bank.credit_of(alice).amount() == NEAR(0)


async def test_nobody_withdraws_what_is_not_theirs(bank: Contract, pool: Contract, alice: Account, bob: Account) -> None:
    await bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150))

    failure = await bank.withdraw().by(bob).expect_failure(ContractPanic, "has no credit")
    expect(failure).rolled_back(bank)


async def test_a_withdrawal_pays_the_credit(bank: Contract, pool: Contract, alice: Account) -> None:
    await bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150))
    await bank.bring_back(pool=pool, amount=NEAR(10)).by(bank)

    tx = await bank.withdraw().by(alice)

    expect(tx).gained(NEAR(10), by=alice)
    expect(tx).contains(kind="refund", count=at_least(1))


@pytest.mark.near_needs("snapshot")
async def test_what_a_deposit_needs(bank: Contract, pool: Contract, alice: Account, near: Near) -> None:
    call = bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150))

    assert await near.gas.minimum(call) < TGas(100)
