"""What cannot be used is refused with words of ours, and nothing of it reaches the chain."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from near_harness import NEAR, Account, Contract, KeyPair, Near, transactions
from near_harness.errors import BadInput


class World(NamedTuple):
    """What the wrong input is given to, as by somebody who checks no types."""

    near: Any
    bank: Any
    alice: Any
    bob: Any
    folder: Path
    make: Any = transactions
    keys: Any = KeyPair


@pytest.fixture
def world(near: Near, bank: Contract, alice: Account, bob: Account, contracts: Path) -> World:
    return World(near, bank, alice, bob, contracts)


async def _paused(world: World, act: Callable[[Any], Any]) -> None:
    async with world.near.paused() as chain:
        await act(chain)


_WRONG: dict[str, tuple[Callable[[World], Any], str]] = {
    "a name that is no text": (lambda w: w.near.create_account(5), "5 is no account id: text is needed"),
    "bytes as a name": (lambda w: w.near.known_account(b"alice"), "is no account id: text is needed"),
    "a number as a key": (lambda w: w.near.account("alice.sandbox", 5), "a KeyPair is needed"),
    "a seed that is no text": (lambda w: w.keys.from_seed(5), "int is no seed of a key"),
    "an init that is no text": (lambda w: w.near.deploy(w.folder / "bank.wasm", "b", init=5), "5 is no name of a method"),
    "a method that is no text": (lambda w: w.near.view(w.bank, None), "None is no name of a method"),
    "a method of an id that is no text": (lambda w: w.alice.call(w.bank.id, 5), "5 is no name of a method"),
    "text as arguments": (lambda w: w.bank.call("withdraw", "all"), "'all' are no arguments"),
    "bytes and names as arguments": (lambda w: w.bank.call("withdraw", b"{}", amount="1"), "not both .amount."),
    "a list and names as arguments": (lambda w: w.bank.view("credit_of", [1], account="a"), "not both .account."),
    "one action": (lambda w: w.alice.send(w.bob, w.make.transfer("1 NEAR")), "is no list of actions"),
    "text as actions": (lambda w: w.alice.send(w.bob, "transfer"), "is no list of actions"),
    "an amount as an action": (lambda w: w.alice.send(w.bob, [NEAR(1)]), "is no action, such as .*transfer"),
    "a view in a batch": (lambda w: w.alice.batch(w.bank, w.bank.credit_of(w.alice)), "a view only reads"),
    "a call among actions": (lambda w: w.alice.send(w.bank, [w.bank.withdraw()]), "a call goes into a batch"),
    "a path as code": (lambda w: w.make.deploy("bank.wasm"), "given as bytes, Path"),
    "a path as global code": (lambda w: w.make.deploy_global("bank.wasm"), "given as bytes, Path"),
    "a failure of Python": (
        lambda w: w.bank.withdraw().by(w.alice).expect_failure(ValueError),
        "neither a class of failures nor a name, such as GasExceeded",
    ),
    "one method for a key": (
        lambda w: w.make.add_function_call_key(w.alice.key.public_key, w.bank, "withdraw"),
        "a list of the methods' names is wanted",
    ),
    "a delegate for half a block": (lambda w: w.alice.delegate(w.bank, w.bank.withdraw(), blocks=0.5), "valid for 0.5 blocks"),
    "a delegate for text": (lambda w: w.alice.delegate(w.bank, w.bank.withdraw(), blocks="9"), "valid for '9' blocks"),
    "more blocks than there can be": (lambda w: w.near.fast_forward(10**40), "1 or more, and below"),
    "more epochs than there can be": (lambda w: w.near.fast_forward(epochs=10**40), "1 or more, and below"),
    "a step that is none": (
        lambda w: _paused(w, lambda chain: chain.step_transaction(5)),
        "5 is no such step: give a transaction",
    ),
    "a receipt that is none": (
        lambda w: _paused(w, lambda chain: chain.step_receipt(None)),
        "None is no such step: give a receipt",
    ),
    "a time that is text": (lambda w: w.near.set_next_block(timestamp_ns="now"), "give whole nanoseconds"),
    "a seed that is text": (lambda w: w.near.set_next_block(random_seed="x" * 32), "give 32 bytes"),
    "a row of the storage": (lambda w: w.near.set_storage(w.bank, [("k", "v")]), "are a dict"),
    "a key that is a number": (lambda w: w.near.add_key(w.bob, 5), "neither a key pair nor a public key"),
    "a key that is a word": (lambda w: w.near.add_key(w.bob, "foo"), "public key 'foo': write 'ed25519:' and the base58 of 32"),
    "a key that is too short": (lambda w: w.near.add_key(w.bob, "secp256k1:abc"), "'secp256k1' and 64"),
    "a key of no kind": (lambda w: w.near.add_key(w.bob, f"rsa:{w.bob.key.public_key[8:]}"), "public key 'rsa:"),
    "a secret key": (lambda w: w.near.add_key(w.bob, w.bob.key.secret_key), "a secret key is given where a public key is wanted"),
    "a nonce below zero": (lambda w: w.near.add_key(w.bob, w.alice.key, nonce=-1), "nonce=-1: a whole number is wanted"),
    "a nonce that is text": (lambda w: w.near.add_key(w.bob, w.alice.key, nonce="5"), "nonce='5': a whole number is wanted"),
    "a word to remove": (lambda w: w.near.remove_key(w.bob, "foo"), "public key 'foo': write"),
    "a key to remove that cannot be sent": (
        lambda w: w.near.remove_key(w.bob, f"secp256k1:{'1' * 64}"),
        "other kinds cannot be sent here",
    ),
    "no key to remove": (lambda w: w.near.remove_key(w.bob, None), "neither a key pair nor a public key"),
    "one record": (lambda w: w.near.patch_state({"Account": {}}), "is no list of records"),
    "text as a record": (lambda w: w.near.patch_state(["Account"]), "is no record"),
    "no path to save to": (lambda w: w.near.save(None), "is no path of a file"),
    "a folder that is not there": (lambda w: w.near.save(w.folder / "none" / "x.near"), "cannot be written: No such file"),
    "no path to load from": (lambda w: w.near.load(5), "is no path of a file"),
    "no snapshot": (lambda w: w.near.restore(5), "5 is no snapshot"),
    "one name of a puppet's methods": (lambda w: w.near.puppet("p", methods="stake"), "a list of names is wanted"),
    "the least gas of nothing": (lambda w: w.near.gas.minimum(None), "None is no call"),
    "no actors": (lambda w: w.near.explore(5), "are no actors"),
    "an invariant that is a value": (lambda w: w.near.explore([_call(w)], invariant=True), "invariant=True: a function"),
    "a predicate that is a value": (lambda w: w.near.explore([_call(w)], sometimes={"x": 1}), "x=1: a function"),
    "predicates without names": (lambda w: w.near.explore([_call(w)], sometimes=[len]), "a dict of predicates by name"),
    "one call afterwards": (lambda w: w.near.explore([_call(w)], eventually=_call(w)), "a list of calls is wanted"),
    "a stranger's name": (lambda w: w.near.explore([_call(w)], stranger="bob"), "stranger='bob': an account is wanted"),
    "no orders": (lambda w: w.near.explore([_call(w)], max_schedules=0), "max_schedules=0"),
    "no time": (lambda w: w.near.explore([_call(w)], max_seconds=float("nan")), "max_seconds=nan"),
    "an empty schedule": (lambda w: w.near.explore([_call(w)], schedule=""), "'' is no schedule"),
    "no schedule": (lambda w: w.near.replay_schedule([_call(w)], None), "None is no schedule"),
    "a scenario that is a value": (lambda w: w.near.fault_sweep(5), "act=5.: a function is wanted"),
    "a sweep's invariant": (lambda w: w.near.fault_sweep(_noop, invariant=5), "invariant=5.: a function is wanted"),
    "an audit of an id": (lambda w: w.near.audit("bank.sandbox"), "is no contract"),
    "one rule": (lambda w: w.near.audit(w.bank, rules="NH001"), "are lists, such as"),
    "an example that is text": (lambda w: w.near.audit(w.bank, calls=["withdraw"]), "is no example of a call"),
}


def _call(world: World) -> Any:
    return world.bank.withdraw().by(world.alice)


async def _noop() -> None:
    pass


async def _given(give: Callable[[World], Any], world: World) -> None:
    done = give(world)
    if inspect.isawaitable(done):
        await done


@pytest.mark.parametrize("wrong", _WRONG)
async def test_it_is_refused(world: World, wrong: str) -> None:
    give, text = _WRONG[wrong]
    before = world.near.has_changed, world.near.node.height
    with pytest.raises(BadInput, match=text):
        await _given(give, world)
    assert (world.near.has_changed, world.near.node.height) == before


async def test_more_faults_than_receipts_are_all_of_them(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    call = bank.staked_with(pool=pool, account=alice).by(alice)
    few, many = [(await near.explore([call], faults=most)).summary.split(" receipts")[0] for most in (1, 10**30)]
    assert few == many
