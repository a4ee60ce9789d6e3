"""A lock that is left behind when a payment fails."""

from __future__ import annotations

import pytest
from behaviour.twins.conftest import Deploy

from near_harness import NEAR, Account, Contract, ContractPanic, expect

NOBODY = "nobody.sandbox"


@pytest.fixture
async def bad(deploy: Deploy) -> Contract:
    return await deploy("escrow_bad")


@pytest.fixture
async def good(deploy: Deploy) -> Contract:
    return await deploy("escrow_good")


async def test_a_payment_that_fails_locks_the_deal_for_ever(bad: Contract, alice: Account, carol: Account) -> None:
    await bad.open(seller=NOBODY, arbiter=carol).by(alice).attach(NEAR(7))

    tx = await bad.decide(deal=0, pay_seller=True).by(carol).attempt()

    expect(tx.receipt(NOBODY)).failed("AccountDoesNotExist").refunded(NEAR(7), to=bad)
    expect(tx.receipt(bad, "on_paid")).panicked("could not be paid").rolled_back()
    assert (await bad.deal(deal=0))["status"] == "Locked"
    await bad.decide(deal=0, pay_seller=False).by(carol).expect_failure(ContractPanic, "the deal is not open")


async def test_a_payment_that_fails_leaves_the_deal_open(good: Contract, alice: Account, carol: Account) -> None:
    await good.open(seller=NOBODY, arbiter=carol).by(alice).attach(NEAR(7))

    tx = await good.decide(deal=0, pay_seller=True).by(carol).attempt()

    assert tx.json() is False
    assert (await good.deal(deal=0))["status"] == "Open"
    expect(await good.decide(deal=0, pay_seller=False).by(carol)).gained(NEAR(7), by=alice)
    assert (await good.deal(deal=0))["status"] == "Done"


@pytest.mark.parametrize("pay_seller", [True, False])
async def test_the_money_goes_one_way_only(
    good: Contract, alice: Account, bob: Account, carol: Account, pay_seller: bool
) -> None:
    await good.open(seller=bob, arbiter=carol).by(alice).attach(NEAR(7))
    both = [good.decide(deal=0, pay_seller=pay_seller), good.decide(deal=0, pay_seller=not pay_seller)]

    expect(await carol.batch(good, *both).attempt()).panicked("the deal is not open").rolled_back(good)

    expect(await both[0].by(carol)).gained(NEAR(7), by=bob if pay_seller else alice)


async def test_neither_party_decides_for_itself(good: Contract, alice: Account, bob: Account, carol: Account) -> None:
    await good.open(seller=bob, arbiter=carol).by(alice).attach(NEAR(7))

    await good.decide(deal=0, pay_seller=True).by(bob).expect_failure(ContractPanic, "may not decide so")
    await good.decide(deal=0, pay_seller=False).by(alice).expect_failure(ContractPanic, "may not decide so")
