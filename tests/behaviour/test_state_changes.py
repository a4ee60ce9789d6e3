"""What a transaction changed in the state of its accounts, row by row: data, keys and code."""

from __future__ import annotations

import pytest
from properties import probe

from near_harness import NEAR, Account, Contract, TGas, expect, transactions
from near_harness.errors import BadInput
from near_harness.expectations import ExpectationFailed
from near_harness.ledger import Ledger
from near_harness.outcome import Outcome


def ledger(tx: Outcome) -> Ledger:
    assert tx.ledger is not None
    return tx.ledger


async def test_what_changed_in_the_state(bank: Contract, pool: Contract, alice: Account) -> None:
    tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150))
    changes = ledger(tx).state.of(bank.id)
    assert {change.kind for change in changes} == {"data"}
    credit = next(change for change in changes if change.key != b"STATE")
    assert (credit.before, int.from_bytes(credit.after or b"", "little")) == (None, int(NEAR(1)))
    assert credit.decoded(lambda data: int.from_bytes(data, "little")) == (None, int(NEAR(1)))
    assert str(credit).startswith(f"{bank.id}: added ")
    callback = tx.receipt(bank, "on_staked")
    assert credit.receipts == (callback,)
    # The first call writes the contract's own row, the callback changes it: each receipt has its own part.
    (created,) = ledger(tx).state.by(tx.receipt(bank, "deposit_and_stake"))
    of_callback = {change.key: change for change in ledger(tx).state.by(callback)}
    assert of_callback.keys() == {b"STATE", credit.key}
    assert (created.key, created.before, created.after) == (b"STATE", None, of_callback[b"STATE"].before)
    (state,) = (change for change in changes if change.key == b"STATE")
    assert (state.before, state.after) == (None, of_callback[b"STATE"].after)
    with pytest.raises(BadInput, match="is no JSON"):
        credit.decoded()
    with pytest.raises(BadInput, match="'money' is none of data, key, code"):
        ledger(tx).state.of(bank.id, "money")


async def test_keys_that_were_added_and_removed(alice: Account, bob: Account) -> None:
    signs = alice.key.public_key.encode()  # its nonce changes
    tx = await alice.send(alice, [transactions.add_full_access_key(bob.key.public_key)])
    (added,) = (change for change in ledger(tx).state.all if change.key != signs)
    assert (added.kind, added.key.decode(), added.decoded()[1]["permission"]) == ("key", bob.key.public_key, "FullAccess")
    tx = await alice.send(alice, [transactions.delete_key(bob.key.public_key)])
    (removed,) = (change for change in ledger(tx).state.all if change.key != signs)
    assert str(removed) == f"{alice.id}: key {bob.key.public_key} removed"


async def test_an_unexpected_change_of_state_is_listed(bank: Contract, pool: Contract, alice: Account) -> None:
    tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150))
    with pytest.raises(ExpectationFailed, match=rf"but it has changed\n  {bank.id}: (added|changed) "):
        expect(tx).rolled_back(bank)


async def test_a_contract_with_more_state_than_view_state_gives(probed: Contract) -> None:
    def write(key: str, value: bytes) -> bytes:
        return probe.step("storage_write", probe.content(key.encode()), probe.content(value), probe.number(0))

    await probe.run(probed, *(write(f"key-{i}", b"x" * 9000) for i in range(7)))
    again = await probe.run(probed, write("key-3", b"x" * 9000))
    holding = ledger(again).rows[probed.id].after
    assert holding is not None and holding.storage > 60_000
    expect(again).rolled_back(probed)  # what was there was written again
    changed = await probe.run(probed, write("key-3", b"y"))
    (change,) = ledger(changed).state.of(probed.id)
    assert (change.key, change.before, change.after) == (b"key-3", b"x" * 9000, b"y")


async def test_a_row_that_is_removed_and_written_again_had_nothing_in_between(probed: Contract) -> None:
    key = probe.content(b"key")
    await probe.run(probed, probe.step("storage_write", key, probe.content(b"old"), probe.number(0)))
    writes = probe.step("storage_write", key, probe.content(b"new"), probe.number(0))
    tx = await probe.run(
        probed,
        probe.step("storage_remove", key, probe.number(0)),
        probe.step(
            "promise_create", probe.content(probed.id.encode()), probe.content(b"run"), probe.content(writes),
            probe.amount(0), probe.number(10**13),
        ),
    )  # fmt: skip
    removing, writing = tx.find(probed, "run")
    state = ledger(tx).state
    assert [(c.before, c.after) for c in state.of(probed.id)] == [(b"old", b"new")]
    assert [(c.before, c.after) for c in state.by(removing)] == [(b"old", None)]
    assert [(c.before, c.after) for c in state.by(writing)] == [(None, b"new")]
