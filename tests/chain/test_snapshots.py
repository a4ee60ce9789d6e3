"""A chain that went back goes on exactly as it did before."""

from __future__ import annotations

from near_harness import NEAR, Account, Near


async def test_the_same_transaction_again_is_the_same(near: Near, alice: Account, bob: Account) -> None:
    with near.anchor():
        first = await alice.transfer(bob, NEAR(1))
        await alice.transfer(bob, NEAR(2))
    again = await alice.transfer(bob, NEAR(1))

    # Signed with the same nonce, for the same block.
    assert again.hash == first.hash
    assert [receipt.id for receipt in again.receipts] == [receipt.id for receipt in first.receipts]
    assert await bob.balance() == NEAR(101)


async def test_a_snapshot_is_gone_back_to_as_often_as_wanted(near: Near, alice: Account, bob: Account) -> None:
    snapshot = near.snapshot()
    hashes = set()
    for _ in range(3):
        hashes.add((await alice.transfer(bob, NEAR(1))).hash)
        near.restore(snapshot)
    assert len(hashes) == 1
    assert await bob.balance() == NEAR(100)
