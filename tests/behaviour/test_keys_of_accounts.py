"""Access keys: who may do what, what a limited key may spend, and accounts that come and go."""

from __future__ import annotations

import asyncio
from typing import Any

import base58
import pytest

from near_harness import NEAR, Account, Amount, Contract, ContractPanic, KeyPair, Near, expect, transactions
from near_harness.errors import UnknownAccount
from near_harness.outcome.failures import (
    AccessKeyNotFound,
    ActorNoPermission,
    AddKeyAlreadyExists,
    CreateAccountNotAllowed,
    CreateAccountOnlyByRegistrar,
    DeleteKeyDoesNotExist,
    NotEnoughAllowance,
    SignerDoesNotExist,
)


async def keys_of(near: Near, who: Account) -> dict[str, Any]:
    """The permissions of an account's keys."""
    found = await near.client.query("view_access_key_list", account_id=who.id)
    return {key["public_key"]: key["access_key"]["permission"] for key in found["keys"]}


async def test_a_second_full_key_is_as_good_as_the_first(near: Near, alice: Account, bob: Account) -> None:
    second = KeyPair.from_seed("second")
    await alice.send(alice, [transactions.add_full_access_key(second.public_key)])
    assert await keys_of(near, alice) == {alice.key.public_key: "FullAccess", second.public_key: "FullAccess"}

    other = near.account(alice.id, second)
    expect(await other.transfer(bob, NEAR(1))).paid(NEAR(1), by=alice, to=bob)
    await other.send(alice, [transactions.delete_key(alice.key.public_key)])

    assert await keys_of(near, alice) == {second.public_key: "FullAccess"}
    with pytest.raises(AccessKeyNotFound):
        await alice.transfer(bob, NEAR(1))


async def test_a_pair_of_keys_stands_for_its_public_half(near: Near, alice: Account) -> None:
    second = KeyPair.from_seed("second")
    await alice.send(alice, [transactions.add_full_access_key(second)])
    assert second.public_key in await keys_of(near, alice)
    await alice.send(alice, [transactions.delete_key(second)])
    assert second.public_key not in await keys_of(near, alice)


async def test_an_account_that_was_deleted_signs_no_more_and_that_is_said(alice: Account, bob: Account) -> None:
    before = await bob.balance()
    await alice.batch(alice, transactions.delete_account(bob))
    assert await bob.balance() > before + NEAR(99)
    with pytest.raises(SignerDoesNotExist, match="create the account first"):
        await alice.transfer(bob, NEAR(1))


async def test_a_key_is_there_once_or_not_at_all(near: Near, alice: Account) -> None:
    with pytest.raises(AddKeyAlreadyExists):
        await alice.send(alice, [transactions.add_full_access_key(alice.key.public_key)])
    with pytest.raises(DeleteKeyDoesNotExist):
        await alice.send(alice, [transactions.delete_key(KeyPair.from_seed("nobody's").public_key)])
    assert await keys_of(near, alice) == {alice.key.public_key: "FullAccess"}


async def test_a_limited_key_spends_its_allowance(near: Near, alice: Account, bank: Contract) -> None:
    key, allowance = KeyPair.from_seed("limited"), NEAR(1)
    grant = transactions.add_function_call_key(key.public_key, bank, ["withdraw"], allowance=allowance)
    await alice.send(alice, [grant])
    with pytest.raises(ContractPanic, match="has no credit"):
        await near.account(alice.id, key).call(bank, "withdraw")

    permission = (await keys_of(near, alice))[key.public_key]["FunctionCall"]
    assert (permission["receiver_id"], permission["method_names"]) == (bank.id, ["withdraw"])
    # What was burnt is gone; the gas that was not used has come back to the allowance too.
    assert NEAR("0.998") < Amount(permission["allowance"]) < allowance


async def test_a_limited_key_without_enough_allowance(near: Near, alice: Account, bank: Contract) -> None:
    key = KeyPair.from_seed("poor")
    await alice.send(alice, [transactions.add_function_call_key(key.public_key, bank, allowance=NEAR("0.0001"))])
    with pytest.raises(NotEnoughAllowance):
        await near.account(alice.id, key).call(bank, "withdraw")


async def test_nobody_acts_for_another(near: Near, alice: Account, bob: Account) -> None:
    stranger = KeyPair.from_seed("stranger")
    for act in (transactions.add_full_access_key(stranger.public_key), transactions.delete_account(bob.id)):
        with pytest.raises(ActorNoPermission):
            await bob.send(alice, [act])
    assert list(await keys_of(near, alice)) == [alice.key.public_key]


async def test_whose_accounts_one_may_create(alice: Account, bob: Account) -> None:
    with pytest.raises(CreateAccountNotAllowed):
        await bob.send(f"child.{alice.id}", [transactions.create_account(), transactions.transfer(NEAR(1))])
    with pytest.raises(CreateAccountOnlyByRegistrar):
        await bob.send("shortname", [transactions.create_account(), transactions.transfer(NEAR(1))])


async def test_an_account_that_is_deleted_leaves_its_money_to_another(near: Near, alice: Account, bob: Account) -> None:
    before = await bob.balance()
    await alice.send(alice, [transactions.delete_account(bob.id)])
    assert NEAR(99) < await bob.balance() - before < NEAR(100)
    assert not await near.exists(alice)
    with pytest.raises(UnknownAccount):
        await alice.balance()


async def test_an_implicit_account_begins_with_a_transfer(near: Near, alice: Account) -> None:
    key = KeyPair.random()
    owner = near.account(base58.b58decode(key.public_key.removeprefix("ed25519:")).hex(), key)
    tx = await alice.transfer(owner, NEAR(5))
    expect(tx).paid(NEAR(5), by=alice, to=owner)
    assert await keys_of(near, owner) == {key.public_key: "FullAccess"}
    await asyncio.gather(owner.transfer(alice, NEAR(1)), owner.transfer(alice, NEAR(1)))
    assert NEAR("2.99") < await owner.balance() < NEAR(3)
