"""A meta-transaction (NEP-366): a user who has no NEAR signs, a relayer sends it and pays."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import NEAR, Account, Contract, Near, expect
from near_harness.outcome.failures import DelegateActionExpired, DelegateActionInvalidNonce


@pytest.fixture
async def shop(near: Near, wasm: Path) -> Contract:
    """A contract that takes deposits."""
    return await near.deploy(wasm / "deposit_demo.wasm", "shop")


@pytest.fixture
async def user(near: Near) -> Account:
    """Somebody whose balance covers the account and nothing else."""
    return await near.create_account("user", balance=NEAR("0.002"))


async def test_a_user_without_money_calls_a_contract(shop: Contract, user: Account, alice: Account) -> None:
    signed = await user.delegate(shop, shop.accept().attach(NEAR(1)))

    tx = await signed.by(alice)

    expect(tx).contains(receiver=shop, method="accept", predecessor=user, deposit=NEAR(1), status="succeeded")
    expect(tx).lost(NEAR(1), by=alice)  # the relayer pays, the deposit too: look at what you relay
    assert await user.balance() == NEAR("0.002")


async def test_it_can_be_used_once(shop: Contract, user: Account, alice: Account) -> None:
    signed = await user.delegate(shop, shop.accept())
    await signed.by(alice)

    await signed.by(alice).expect_failure(DelegateActionInvalidNonce)


@pytest.mark.near_needs("time_travel")
async def test_it_expires(near: Near, shop: Contract, user: Account, alice: Account) -> None:
    signed = await user.delegate(shop, shop.accept(), blocks=20)
    await near.fast_forward(30)

    await signed.by(alice).expect_failure(DelegateActionExpired)
