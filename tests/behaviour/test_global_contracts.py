"""Global contracts: published once, used by many accounts, by hash or by the account that published them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from near_harness import NEAR, Account, Near, expect, transactions
from near_harness.errors import BadInput
from near_harness.outcome.failures import GlobalContractDoesNotExist


@pytest.fixture
def code(contracts: Path) -> bytes:
    return (contracts / "deposit_demo.wasm").read_bytes()


async def test_by_hash(near: Near, alice: Account, bob: Account, code: bytes) -> None:
    tx = await alice.batch(alice, transactions.deploy_global(code))
    expect(tx).conserved_tokens()
    await bob.batch(bob, transactions.use_global(hashlib.sha256(code).digest()))

    account = await near.client.query("view_account", account_id=bob.id)
    await bob.batch(bob, transactions.use_global(account["global_contract_hash"]))  # the same, as the RPC writes it

    shared = await near.contract(bob)
    await shared.accept().by(alice).attach(NEAR(2))
    assert await shared.accepted().amount() == NEAR(2)


async def test_by_account_follows_what_is_published_later(near: Near, contracts: Path, alice: Account, bob: Account) -> None:
    await alice.batch(alice, transactions.deploy_global((contracts / "staking_pool.wasm").read_bytes(), by="account"))
    await bob.batch(bob, transactions.use_global(alice))
    assert "set_paused" in dir(await near.contract(bob))

    await alice.batch(alice, transactions.deploy_global((contracts / "deposit_demo.wasm").read_bytes(), by="account"))
    assert "gives_back" in dir(await near.contract(bob))


async def test_publishing_burns_the_storage_and_using_costs_little(alice: Account, bob: Account, code: bytes) -> None:
    before = await alice.balance()
    tx = await alice.batch(alice, transactions.deploy_global(code))
    storage = NEAR("0.0001") * len(code)
    assert storage < before - await alice.balance() < storage + NEAR("0.1")
    assert tx.tokens_burnt == before - await alice.balance()

    before = await bob.balance()
    await bob.batch(bob, transactions.use_global(hashlib.sha256(code).digest()))
    assert before - await bob.balance() < NEAR("0.01")


async def test_one_that_nobody_published(alice: Account, bob: Account) -> None:
    await bob.batch(bob, transactions.use_global(alice)).expect_failure(GlobalContractDoesNotExist)
    await bob.batch(bob, transactions.use_global(bytes(32))).expect_failure(GlobalContractDoesNotExist)


def test_what_is_no_hash_or_no_way_is_refused(code: bytes) -> None:
    with pytest.raises(BadInput, match="has 32 bytes, not 3"):
        transactions.use_global(b"abc")
    with pytest.raises(BadInput, match="not by 'name'"):
        transactions.deploy_global(code, by="name")  # type: ignore[arg-type]
