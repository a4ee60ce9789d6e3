"""A linkdrop: money behind a key. Who has the key (the link) has the money sent to an account, without owning any NEAR."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import NEAR, Account, Contract, ContractPanic, KeyPair, Near, expect
from near_harness.outcome.failures import AccessKeyNotFound, MethodNameMismatch


@pytest.fixture
async def workshop(near: Near, wasm: Path) -> Contract:
    """The contract that keeps gifts."""
    return await near.deploy(wasm / "workshop.wasm", "workshop")


@pytest.fixture
def link() -> KeyPair:
    """The key that alice sends to somebody."""
    return KeyPair.random()


async def test_the_holder_of_the_key_gets_the_money(
    near: Near, workshop: Contract, link: KeyPair, alice: Account, bob: Account
) -> None:
    await workshop.give(public_key=link.public_key).by(alice).attach(NEAR(5))
    holder = near.account(workshop.id, key=link)  # signs as the contract, with a key that may only call `claim`

    tx = await workshop.claim(account_id=bob).by(holder)

    expect(tx).paid(NEAR("4.8"), by=workshop, to=bob).conserved_tokens()
    with pytest.raises(AccessKeyNotFound):  # the key went with the gift
        await workshop.claim(account_id=bob).by(holder)


async def test_a_mistyped_account_costs_nobody_the_gift(near: Near, workshop: Contract, link: KeyPair, alice: Account) -> None:
    await workshop.give(public_key=link.public_key).by(alice).attach(NEAR(5))
    holder = near.account(workshop.id, key=link)

    tx = await workshop.claim(account_id="nobody.sandbox").by(holder)

    expect(tx).refunded(NEAR("4.8"), to=workshop)
    assert [receipt.failure.name for receipt in tx.failed_receipts if receipt.failure] == ["AccountDoesNotExist"]
    assert await workshop.gift(public_key=link.public_key).amount() == NEAR("4.8")


async def test_the_key_can_do_nothing_else(near: Near, workshop: Contract, link: KeyPair, alice: Account) -> None:
    await workshop.give(public_key=link.public_key).by(alice).attach(NEAR(5))
    holder = near.account(workshop.id, key=link)

    await workshop.give(public_key=KeyPair.random().public_key).by(holder).expect_failure(MethodNameMismatch)


async def test_a_stranger_gets_nothing(workshop: Contract, link: KeyPair, alice: Account, bob: Account) -> None:
    await workshop.give(public_key=link.public_key).by(alice).attach(NEAR(5))

    await workshop.claim(account_id=bob).by(bob).expect_failure(ContractPanic, "private")
