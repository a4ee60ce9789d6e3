"""A silent failure, and the three ways to treat one: handle it, raise it, ignore it on purpose."""

from __future__ import annotations

import pytest
from behaviour.twins.conftest import Deploy

from near_harness import NEAR, Account, Contract, ContractPanic, expect

NOBODY = "nobody.sandbox"


@pytest.fixture
async def bad(deploy: Deploy) -> Contract:
    return await deploy("payroll_bad")


@pytest.fixture
async def good(deploy: Deploy) -> Contract:
    return await deploy("payroll_good")


async def test_a_failed_payment_goes_unnoticed(bad: Contract, alice: Account) -> None:
    await bad.owe(worker=NOBODY).by(alice).attach(NEAR(3))

    tx = await bad.pay(worker=NOBODY).by(alice)

    expect(tx).succeeded()
    expect(tx.receipt(NOBODY)).failed("AccountDoesNotExist").refunded(NEAR(3), to=bad)
    assert await bad.owed_to(NOBODY).amount() == 0  # three NEAR are here, and owed to nobody


async def test_handle_the_debt_is_restored(good: Contract, alice: Account) -> None:
    await good.owe(worker=NOBODY).by(alice).attach(NEAR(3))

    tx = await good.pay(worker=NOBODY).by(alice)

    expect(tx.receipt(NOBODY)).failed("AccountDoesNotExist").refunded(NEAR(3), to=good)
    assert tx.json() is False
    assert await good.owed_to(NOBODY).amount() == NEAR(3)


async def test_raise_the_debt_is_restored_and_the_transaction_fails(good: Contract, alice: Account) -> None:
    await good.owe(worker=NOBODY).by(alice).attach(NEAR(3))

    tx = await good.pay_or_fail(worker=NOBODY).by(alice).attempt()

    expect(tx).failed(ContractPanic, f"{NOBODY} could not be paid")
    assert await good.owed_to(NOBODY).amount() == NEAR(3)


async def test_ignore_a_reminder_that_nobody_hears_changes_nothing(good: Contract, alice: Account, bob: Account) -> None:
    await good.owe(worker=bob).by(alice).attach(NEAR(3))

    tx = await good.remind(worker=bob).by(alice)

    expect(tx.receipt(bob, "on_payday")).failed("CodeDoesNotExist")
    expect(tx).succeeded().rolled_back(good)


@pytest.mark.parametrize("method", ["pay", "pay_or_fail"])
async def test_a_worker_who_can_be_paid_is_paid(good: Contract, alice: Account, bob: Account, method: str) -> None:
    await good.owe(worker=bob).by(alice).attach(NEAR(3))

    tx = await good.call(method, worker=bob).by(alice)

    assert tx.json() is True
    expect(tx).lost(NEAR(3), by=good).gained(NEAR(3), by=bob)
    assert await good.total().amount() == 0
