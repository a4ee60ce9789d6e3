"""A chain that went back goes on exactly as it did before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from near_harness import NEAR, Account, Near, start, transactions


async def test_the_same_transaction_again_is_the_same(near: Near, alice: Account, bob: Account) -> None:
    with near.anchor():
        first = await alice.transfer(bob, NEAR(1))
        await alice.transfer(bob, NEAR(2))
    again = await alice.transfer(bob, NEAR(1))

    # Signed with the same nonce, for the same block.
    assert again.hash == first.hash
    assert [receipt.id for receipt in again.receipts] == [receipt.id for receipt in first.receipts]
    assert await bob.balance() == NEAR(101)


async def test_what_was_handed_over_leaves_no_nonce_behind(near: Near, alice: Account, bob: Account) -> None:
    pays = [transactions.transfer(NEAR(1))]
    with near.anchor():
        first = await near.start(alice, bob.id, pays)
        await near.start(alice, bob.id, pays)
    again = await near.start(alice, bob.id, pays)
    assert again.hash == first.hash
    await again


async def test_a_snapshot_is_gone_back_to_as_often_as_wanted(near: Near, alice: Account, bob: Account) -> None:
    snapshot = near.snapshot()
    hashes = set()
    for _ in range(3):
        hashes.add((await alice.transfer(bob, NEAR(1))).hash)
        near.restore(snapshot)
    assert len(hashes) == 1
    assert await bob.balance() == NEAR(100)


@pytest.mark.parametrize(
    "change",
    [
        lambda near: near.root.transfer(near.root, NEAR(1)),
        lambda near: near.fast_forward(1),
        lambda near: near.set_balance(near.root, NEAR(1)),
        lambda near: near.start(near.root, near.root.id, [transactions.transfer(NEAR(1))]),
    ],
    ids=["a transaction", "time", "a patch", "a transaction that nobody waits for"],
)
async def test_whatever_changes_the_chain_is_noticed(change: Callable[[Near], Awaitable[object]]) -> None:
    """Where a node has no snapshots, a test that changed it makes the next one begin with another node."""
    async with start(node="embedded") as near:
        assert not near.has_changed
        await near.balance(near.root)
        assert not near.has_changed
        await change(near)
        assert near.has_changed
