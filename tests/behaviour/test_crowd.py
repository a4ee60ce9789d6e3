"""Many who send at once: none expires while it waits for its turn, and they share blocks."""

from __future__ import annotations

import asyncio

from near_harness import NEAR, Account, Near, yocto


async def test_a_crowd_of_accounts(near: Near, bob: Account) -> None:
    crowd = await asyncio.gather(*(near.create_account(f"member{number}", NEAR(2)) for number in range(50)))
    before, height = await bob.balance(), await near.height()

    await asyncio.gather(*(member.transfer(bob, yocto(1)) for member in crowd))

    assert await bob.balance() - before == yocto(50)
    assert await near.height() - height < 100  # so long a transaction is valid


async def test_a_crowd_of_transactions_of_one_key(alice: Account, bob: Account) -> None:
    before = await bob.balance()
    await asyncio.gather(*(alice.transfer(bob, yocto(1)) for _ in range(50)))
    assert await bob.balance() - before == yocto(50)
