"""A revert by hand that runs out of gas."""

from __future__ import annotations

import pytest
from behaviour.twins.conftest import Deploy

from near_harness import NEAR, Account, Contract, ContractPanic, TGas, expect

MANY = list(range(25))


@pytest.fixture
async def bad(deploy: Deploy, clerk: Contract) -> Contract:
    return await deploy("seats_bad", till=clerk.id)


@pytest.fixture
async def good(deploy: Deploy, clerk: Contract) -> Contract:
    return await deploy("seats_good", till=clerk.id)


async def test_as_long_as_the_till_takes_the_money_all_is_well(bad: Contract, clerk: Contract, alice: Account) -> None:
    tx = await bad.book(seats=MANY).by(alice).attach(NEAR(8))

    expect(tx).succeeded().paid(NEAR(8), by=bad, to=clerk)
    assert await bad.who_has(seat=24) == alice.id


async def test_a_revert_without_gas_keeps_the_seats_and_the_money(bad: Contract, clerk: Contract, alice: Account) -> None:
    await clerk.set_closed(closed=True).by(clerk)

    tx = await bad.book(seats=MANY).by(alice).attach(NEAR(8)).attempt()

    expect(tx.receipt(clerk, "take")).panicked("desk is closed").refunded(NEAR(8), to=bad)
    expect(tx.receipt(bad, "on_taken")).failed("GasExceeded").rolled_back()
    expect(tx).lost(NEAR(8), by=alice).gained(NEAR(8), by=bad)
    assert await bad.who_has(seat=24) == alice.id  # nobody can book it any more


async def test_a_revert_with_gas_frees_the_seats_and_returns_the_money(good: Contract, clerk: Contract, alice: Account) -> None:
    await clerk.set_closed(closed=True).by(clerk)

    tx = await good.book(seats=MANY).by(alice).attach(NEAR(8)).attempt()

    expect(tx.receipt(good, "on_taken")).succeeded()
    expect(tx).returned_everything_but_gas(to=alice)
    assert [await good.who_has(seat=seat) for seat in (0, 24)] == [None, None]


async def test_too_little_gas_for_the_revert_books_nothing(good: Contract, alice: Account) -> None:
    tx = await good.book(seats=MANY).by(alice).attach(NEAR(8)).gas(TGas(30)).attempt()

    expect(tx).failed("GasExceeded").rolled_back(good).returned_everything_but_gas(to=alice)


async def test_a_seat_that_is_taken_stays_taken(good: Contract, alice: Account, bob: Account) -> None:
    await good.book(seats=[7]).by(alice).attach(NEAR(1))

    await good.book(seats=[6, 7]).by(bob).attach(NEAR(1)).expect_failure(ContractPanic, "seat 7 is taken")

    assert await good.who_has(seat=6) is None
