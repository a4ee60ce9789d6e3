"""A wrong interface: the caller declares another type than the callee returns."""

from __future__ import annotations

import pytest
from behaviour.twins.conftest import Deploy

from near_harness import NEAR, Account, Contract, expect


@pytest.fixture
async def priced(clerk: Contract) -> Contract:
    """A clerk who says that everything costs three NEAR."""
    await clerk.set_price(price=NEAR(3)).by(clerk)
    return clerk


@pytest.fixture
async def bad(deploy: Deploy, priced: Contract) -> Contract:
    return await deploy("shop_bad", clerk=priced.id)


@pytest.fixture
async def good(deploy: Deploy, priced: Contract) -> Contract:
    return await deploy("shop_good", clerk=priced.id)


async def test_an_answer_that_cannot_be_read_keeps_the_buyers_money(bad: Contract, priced: Contract, alice: Account) -> None:
    tx = await bad.buy(item="bread").by(alice).attach(NEAR(5)).attempt()

    expect(tx.receipt(priced, "price")).succeeded()
    expect(tx.receipt(bad, "on_price")).panicked("invalid number").rolled_back()
    expect(tx).lost(NEAR(5), by=alice).gained(NEAR(5), by=bad)
    assert await bad.bought_by(alice) == 0


async def test_an_answer_that_can_be_read_sells_the_item(good: Contract, alice: Account) -> None:
    tx = await good.buy(item="bread").by(alice).attach(NEAR(5))

    expect(tx).lost(NEAR(3), by=alice).gained(NEAR(3), by=good)
    assert await good.bought_by(alice) == 1


async def test_too_little_money_comes_back(good: Contract, alice: Account) -> None:
    tx = await good.buy(item="bread").by(alice).attach(NEAR(2))

    expect(tx).returned_everything_but_gas(to=alice)
    assert await good.bought_by(alice) == 0


async def test_without_an_answer_the_money_comes_back(good: Contract, priced: Contract, alice: Account) -> None:
    await priced.set_closed(closed=True).by(priced)

    tx = await good.buy(item="bread").by(alice).attach(NEAR(5))

    expect(tx.receipt(priced, "price")).panicked("the clerk's desk is closed")
    expect(tx).returned_everything_but_gas(to=alice)
    assert await good.bought_by(alice) == 0
