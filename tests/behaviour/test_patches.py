"""Balances, code, keys and storage as they are wanted, and accounts that anyone can act for."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import base58
import pytest

from near_harness import NEAR, Account, Contract, KeyPair, Near, transactions
from near_harness.errors import BadInput, UnknownAccount
from near_harness.outcome.failures import AccessKeyNotFound, CodeDoesNotExist, DeleteKeyDoesNotExist

if TYPE_CHECKING:
    from behaviour.conftest import Nonce

pytestmark = pytest.mark.near_needs("patch_state")


async def usage(near: Near, who: object) -> int:
    return int((await near.client.query("view_account", account_id=str(who)))["storage_usage"])


async def keys_of(near: Near, who: object) -> set[str]:
    view = await near.client.query("view_access_key_list", account_id=str(who))
    return {entry["public_key"] for entry in view["keys"]}


async def test_a_balance(near: Near, alice: Account) -> None:
    await near.set_balance(alice, "123.5 NEAR")
    assert await alice.balance() == NEAR("123.5")
    await alice.transfer(near.root, NEAR(100))
    with pytest.raises(UnknownAccount):
        await near.set_balance("nobody.sandbox", NEAR(1))


async def test_code_is_replaced_and_storage_stays(near: Near, contracts: Path, alice: Account) -> None:
    counter = await near.deploy(contracts / "callback_results.wasm", "counter")
    await counter.count().by(alice)
    await near.set_code(counter, contracts / "bank.wasm")
    real = await near.deploy(contracts / "bank.wasm", "real")
    state = await usage(near, counter) - await usage(near, real)
    again = await near.set_code(counter, contracts / "callback_results.wasm")
    assert await again.counter() == 1
    fresh = await near.deploy(contracts / "callback_results.wasm", "fresh")
    assert state == await usage(near, counter) - await usage(near, fresh) > 0


async def test_code_is_removed_and_storage_stays(near: Near, contracts: Path, alice: Account) -> None:
    counter = await near.deploy(contracts / "callback_results.wasm", "counter")
    await counter.count().by(alice)
    code = (contracts / "callback_results.wasm").read_bytes()
    before = await usage(near, counter)
    await near.remove_code(counter)
    assert await usage(near, counter) == before - len(code)
    await counter.count().by(alice).expect_failure(CodeDoesNotExist)
    again = await near.set_code(counter, code)
    assert await usage(near, counter) == before
    assert await again.counter() == 1


@pytest.mark.parametrize("by", ["hash", "account"])
async def test_code_in_the_place_of_a_global_contract(
    near: Near, contracts: Path, alice: Account, bob: Account, by: Literal["hash", "account"]
) -> None:
    shared, own = ((contracts / f"{name}.wasm").read_bytes() for name in ("staking_pool", "callback_results"))
    await alice.batch(alice, transactions.deploy_global(shared, by=by))
    name: object = alice if by == "account" else hashlib.sha256(shared).digest()
    before = await usage(near, bob)
    await bob.batch(bob, transactions.use_global(name))
    counter = await near.set_code(bob, own)
    assert await usage(near, bob) == before + len(own)
    await counter.count().by(alice)
    assert await counter.counter() == 1

    before = await usage(near, alice)
    await alice.batch(alice, transactions.use_global(name))
    await near.remove_code(alice)
    assert await usage(near, alice) == before
    await bob.call(alice, "set_paused").expect_failure(CodeDoesNotExist)


async def test_storage(near: Near, contracts: Path, alice: Account) -> None:
    counter = await near.deploy(contracts / "callback_results.wasm", "counter")
    await counter.count().by(alice)
    before = await usage(near, counter)
    state = await near.client.query("view_state", account_id=counter.id, prefix_base64="")
    (only,) = state["values"]
    assert only["key"] == "U1RBVEU="
    length = len(base64.b64decode(only["value"]))
    await near.set_storage(counter, {"STATE": (41).to_bytes(4, "little"), b"\x00more": "text"})
    assert await usage(near, counter) == before + (4 - length) + (5 + 4 + 40)
    entries = (await near.client.query("view_state", account_id=counter.id, prefix_base64=""))["values"]
    assert len(entries) == 2
    with pytest.raises(BadInput, match="bytes, or text"):
        await near.set_storage(counter, {"a": 1})  # type: ignore[dict-item]


async def test_storage_under_a_key_that_others_begin_with(near: Near, bank: Contract) -> None:
    before = await usage(near, bank)
    await near.set_storage(bank, {"key and more": b"1" * 100})
    await near.set_storage(bank, {"key": b"22"})
    assert await usage(near, bank) == before + (12 + 100 + 40) + (3 + 2 + 40)
    await near.set_storage(bank, {"key": b"333", "key and": b""})
    assert await usage(near, bank) == before + (12 + 100 + 40) + (3 + 3 + 40) + (7 + 0 + 40)


async def test_storage_of_a_contract_with_more_than_a_node_lists_at_once(near: Near, bank: Contract) -> None:
    before = await usage(near, bank)
    await near.set_storage(bank, {"large": b"1" * 60_000, "large too": b"2"})
    await near.set_storage(bank, {"large": b"3" * 50_000, "other": b"4"})
    assert await usage(near, bank) == before + (5 + 50_000 + 40) + (9 + 1 + 40) + (5 + 1 + 40)


async def test_keys_come_and_go(near: Near, alice: Account, bob: Account) -> None:
    before, key = await usage(near, alice), KeyPair.from_seed("another")
    await near.add_key(alice, key)
    assert await usage(near, alice) == before + 82
    other = near.account(alice.id, key)
    await other.transfer(bob, NEAR(1))
    await near.add_key(alice, key)
    assert await usage(near, alice) == before + 82
    await near.remove_key(alice, key)
    assert await usage(near, alice) == before
    with pytest.raises(AccessKeyNotFound):
        await other.transfer(bob, NEAR(1))


async def test_a_key_that_is_not_there_is_not_removed_and_leaves_nothing_behind(near: Near, alice: Account) -> None:
    key = KeyPair.from_seed("another")
    before = await keys_of(near, alice)
    with pytest.raises(DeleteKeyDoesNotExist) as refused:
        await near.remove_key(alice, key)
    assert str(refused.value) == f"DeleteKeyDoesNotExist: account_id {alice.id}, public_key {key.public_key}"
    assert refused.value.account_id == alice.id
    assert await keys_of(near, alice) == before


async def test_a_key_of_the_other_curve_counts_its_own_length(near: Near, alice: Account) -> None:
    before = await usage(near, alice)
    await near.add_key(alice, f"SECP256K1:{base58.b58encode(bytes(range(64))).decode()}")
    assert await usage(near, alice) == before + 65 + 9 + 40


@pytest.mark.near_needs("snapshot")
async def test_any_account_is_impersonated(near: Near, alice: Account, bank: Contract, nonce: Nonce) -> None:
    secret = KeyPair.random()
    made = await near.create_account("hidden")
    await near.add_key(made, secret)
    await near.remove_key(made, made.key)
    with pytest.raises(AccessKeyNotFound):
        await made.transfer(alice, NEAR(1))
    with near.anchor():
        hidden = await near.impersonate(made)
        await hidden.transfer(alice, NEAR(1))
    with pytest.raises(AccessKeyNotFound):
        await made.transfer(alice, NEAR(1))
    before = await nonce(bank.account)
    itself = await near.impersonate(bank)
    assert (itself.id, await nonce(itself)) == (bank.id, before), "it has the key already"
    with pytest.raises(UnknownAccount):
        await near.impersonate("nobody.sandbox")


async def test_an_account_of_any_id(near: Near, contracts: Path, alice: Account) -> None:
    wrap = await near.put_account("wrap.near", NEAR(50), wasm=contracts / "callback_results.wasm")
    contract = await near.contract(wrap)
    await contract.count().by(alice)
    await wrap.transfer(alice, NEAR(1))
    assert await wrap.balance() < NEAR(49) + NEAR(1)
