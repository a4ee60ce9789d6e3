"""Results that arrive in another order than they were asked for."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from behaviour.twins.conftest import Deploy

from near_harness import NEAR, Account, Contract, Near, TGas, expect
from near_harness.outcome import Outcome


class Shops(NamedTuple):
    """One sells for five NEAR, the other for three."""

    dear: Contract
    cheap: Contract


@pytest.fixture
async def shops(deploy: Deploy) -> Shops:
    shops = Shops(await deploy("clerk", "dear"), await deploy("clerk", "cheap"))
    await shops.dear.set_price(price=NEAR(5)).by(shops.dear)
    await shops.cheap.set_price(price=NEAR(3)).by(shops.cheap)
    return shops


@pytest.fixture
async def bad(deploy: Deploy, shops: Shops) -> Contract:
    return await deploy("quotes_bad", shops=[shop.id for shop in shops])


@pytest.fixture
async def good(deploy: Deploy, shops: Shops) -> Contract:
    return await deploy("quotes_good", shops=[shop.id for shop in shops])


async def buys_where_it_is_cheapest(agent: Contract, shops: Shops, alice: Account) -> None:
    tx = await agent.buy(item="bread").by(alice).attach(NEAR(10)).gas(TGas(200))

    expect(tx).lost(NEAR(3), by=alice).gained(NEAR(3), by=shops.cheap)
    assert await agent.last_purchase(alice) == {"shop": shops.cheap.id, "price": str(int(NEAR(3)))}


async def test_in_the_order_of_the_questions_the_bad_one_is_right(bad: Contract, shops: Shops, alice: Account) -> None:
    await buys_where_it_is_cheapest(bad, shops, alice)


async def test_in_the_order_of_the_questions_the_good_one_is_right(good: Contract, shops: Shops, alice: Account) -> None:
    await buys_where_it_is_cheapest(good, shops, alice)


async def the_second_shop_answers_first(near: Near, agent: Contract, shops: Shops, alice: Account) -> Outcome:
    async with near.paused() as chain:
        sent = await chain.send(agent.buy(item="bread").by(alice).attach(NEAR(10)).gas(TGas(200)))
        await chain.step_transaction(sent)
        await chain.step_receipt(chain.pending().receipt("buy"))
        for shop in reversed(shops):
            await chain.step_receipt(chain.pending().receipt("price", receiver=shop))
    return await sent


@pytest.mark.near_needs("stepping")
async def test_the_first_answer_is_taken_for_the_first_shops(near: Near, bad: Contract, shops: Shops, alice: Account) -> None:
    tx = await the_second_shop_answers_first(near, bad, shops, alice)

    expect(tx).lost(NEAR(3), by=alice).gained(NEAR(3), by=shops.dear)  # who wants five
    assert (await bad.last_purchase(alice))["shop"] == shops.dear.id


@pytest.mark.near_needs("stepping")
async def test_joined_answers_stand_in_the_order_of_the_questions(
    near: Near, good: Contract, shops: Shops, alice: Account
) -> None:
    tx = await the_second_shop_answers_first(near, good, shops, alice)

    expect(tx).lost(NEAR(3), by=alice).gained(NEAR(3), by=shops.cheap)
    assert (await good.last_purchase(alice))["shop"] == shops.cheap.id


async def test_a_shop_that_does_not_answer_is_too_dear(good: Contract, shops: Shops, alice: Account) -> None:
    await shops.cheap.set_closed(closed=True).by(shops.cheap)

    tx = await good.buy(item="bread").by(alice).attach(NEAR(10)).gas(TGas(200)).attempt()

    expect(tx).lost(NEAR(5), by=alice).gained(NEAR(5), by=shops.dear)


async def test_a_shop_that_does_not_answer_keeps_the_buyers_money(bad: Contract, shops: Shops, alice: Account) -> None:
    await shops.cheap.set_closed(closed=True).by(shops.cheap)

    tx = await bad.buy(item="bread").by(alice).attach(NEAR(10)).gas(TGas(200)).attempt()

    expect(tx).lost(NEAR(10), by=alice).gained(NEAR(10), by=bad)
