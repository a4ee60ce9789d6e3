"""A factory: a contract makes accounts below its own, which run a global contract; what goes wrong costs the customer nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import NEAR, Account, Contract, ContractPanic, Near, TGas, expect
from near_harness.transactions import deploy_global


@pytest.fixture
async def workshop(near: Near, wasm: Path) -> Contract:
    """The factory."""
    return await near.deploy(wasm / "workshop.wasm", "workshop")


@pytest.fixture
async def publisher(wasm: Path, carol: Account) -> Account:
    """Who has published a contract."""
    await carol.batch(carol, deploy_global((wasm / "deposit_demo.wasm").read_bytes(), by="account"))
    return carol


async def test_a_contract_is_made_to_order(near: Near, workshop: Contract, publisher: Account, alice: Account) -> None:
    tx = await workshop.build(name="shop", publisher=publisher).by(alice).attach(NEAR(1)).gas(TGas(60))

    assert tx.result() is True
    expect(tx).conserved_tokens()
    shop = await near.contract(f"shop.{workshop.id}")
    await shop.accept().by(alice).attach(NEAR(2))
    assert await shop.accepted().amount() == NEAR(2)


async def test_a_name_that_is_taken(workshop: Contract, publisher: Account, alice: Account, bob: Account) -> None:
    await workshop.build(name="shop", publisher=publisher).by(alice).attach(NEAR(1)).gas(TGas(60))

    tx = await workshop.build(name="shop", publisher=publisher).by(bob).attach(NEAR(1)).gas(TGas(60))

    assert [receipt.failure.name for receipt in tx.failed_receipts if receipt.failure] == ["AccountAlreadyExists"]
    expect(tx).returned_everything_but_gas(to=bob)


async def test_an_account_that_has_published_nothing(near: Near, workshop: Contract, alice: Account, bob: Account) -> None:
    tx = await workshop.build(name="shop", publisher=bob).by(alice).attach(NEAR(1)).gas(TGas(60))

    assert [receipt.failure.name for receipt in tx.failed_receipts if receipt.failure] == ["GlobalContractDoesNotExist"]
    expect(tx).returned_everything_but_gas(to=alice)
    assert not await near.exists(f"shop.{workshop.id}")  # the account that was made before it is rolled back


async def test_a_name_that_makes_no_account(workshop: Contract, publisher: Account, alice: Account) -> None:
    call = workshop.build(name="No Name", publisher=publisher).by(alice).attach(NEAR(1)).gas(TGas(60))

    await call.expect_failure(ContractPanic, "makes no account id")
