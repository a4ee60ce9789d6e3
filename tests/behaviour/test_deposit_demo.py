"""The deposit of a failed call comes back to the contract that called; whether the user sees it is up to that contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import NEAR, Account, Contract, Near, TGas, expect


@pytest.fixture
async def caller(near: Near, contracts: Path) -> Contract:
    return await near.deploy(contracts / "deposit_demo.wasm", "caller")


@pytest.fixture
async def callee(near: Near, contracts: Path) -> Contract:
    return await near.deploy(contracts / "deposit_demo.wasm", "callee")


async def test_a_callee_that_accepts_keeps_the_deposit(caller: Contract, callee: Contract, alice: Account) -> None:
    tx = await caller.gives_back(callee, accepted=True).by(alice).attach(NEAR(3))

    expect(tx).paid(NEAR(3), by=caller, to=callee).paid_nothing(to=alice).conserved_tokens()
    assert await callee.accepted().amount() == NEAR(3)


async def test_a_contract_that_forgets_keeps_the_users_money(
    near: Near, caller: Contract, callee: Contract, alice: Account
) -> None:
    before = await near.balance(caller)

    tx = await caller.forgets(callee).by(alice).attach(NEAR(3))

    expect(tx).succeeded()
    expect(tx.receipt(callee, "refuse")).panicked("refuses deposits").refunded(NEAR(3), to=caller)
    expect(tx).paid_nothing(to=alice)
    expect(tx).conserved_tokens()
    assert NEAR(3) <= await near.balance(caller) - before < NEAR("3.001")  # the deposit, and its share of the gas


async def test_a_contract_that_gives_back_does_so_in_its_callback(caller: Contract, callee: Contract, alice: Account) -> None:
    tx = await caller.gives_back(callee).by(alice).attach(NEAR(3))

    refused = tx.receipt(callee, "refuse")
    expect(refused).refunded(NEAR(3), to=caller)
    expect(tx.receipt(caller, "give_back")).succeeded().callback_of(refused)
    expect(tx).paid(NEAR(3), by=caller, to=alice)
    expect(tx).conserved_tokens()


async def test_a_callback_with_too_little_gas_leaves_the_money_behind(
    near: Near, caller: Contract, callee: Contract, alice: Account
) -> None:
    before = await near.balance(caller)

    tx = await caller.gives_back_with_too_little_gas(callee, callback_gas=TGas("0.5")).by(alice).attach(NEAR(3)).attempt()

    expect(tx).failed("GasExceeded")
    expect(tx.receipt(callee, "refuse")).refunded(NEAR(3), to=caller)
    expect(tx.receipt(caller, "give_back")).failed("GasExceeded").rolled_back()
    expect(tx).paid_nothing(to=alice)
    expect(tx).conserved_tokens()
    assert await near.balance(caller) - before >= NEAR(3)


async def test_with_enough_gas_the_same_callback_gives_it_back(caller: Contract, callee: Contract, alice: Account) -> None:
    tx = await caller.gives_back_with_too_little_gas(callee, callback_gas=TGas(15)).by(alice).attach(NEAR(3))

    expect(tx).refunded(NEAR(3), to=caller).paid(NEAR(3), by=caller, to=alice)
