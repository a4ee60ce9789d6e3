"""An auction that pays the outbid, and one where they withdraw."""

from __future__ import annotations

import pytest
from behaviour.twins.conftest import Deploy

from near_harness import NEAR, Account, Contract, Near, expect, transactions


@pytest.fixture
async def bad(deploy: Deploy) -> Contract:
    return await deploy("auction_bad")


@pytest.fixture
async def good(deploy: Deploy) -> Contract:
    return await deploy("auction_good")


async def bids_and_disappears(near: Near, auction: Contract) -> str:
    """A bidder bids one NEAR, and deletes the account. Returns its id."""
    ghost = await near.create_account("ghost")
    await auction.bid().by(ghost).attach(NEAR(1))
    await ghost.send(ghost, [transactions.delete_account(near.root.id)])
    return ghost.id


async def test_a_bidder_who_cannot_be_paid_blocks_the_auction(near: Near, bad: Contract, alice: Account) -> None:
    ghost = await bids_and_disappears(near, bad)

    tx = await bad.bid().by(alice).attach(NEAR(50))

    expect(tx.receipt(ghost)).failed("AccountDoesNotExist").refunded(NEAR(1), to=bad)
    expect(tx).returned_everything_but_gas(to=alice)
    assert await bad.highest_bid() == {"bidder": ghost, "amount": str(int(NEAR(1)))}  # nobody can ever bid more


async def test_a_bidder_who_cannot_be_paid_is_outbid(near: Near, good: Contract, alice: Account) -> None:
    ghost = await bids_and_disappears(near, good)

    await good.bid().by(alice).attach(NEAR(50))

    assert (await good.highest_bid())["bidder"] == alice.id
    assert await good.owed_to(ghost).amount() == NEAR(1)


async def test_two_bids_on_their_way_pay_the_same_outbid_twice(bad: Contract, alice: Account, bob: Account) -> None:
    await bad.bid().by(alice).attach(NEAR(1))

    tx = await bob.batch(bad, bad.bid().attach(NEAR(2)), bad.bid().attach(NEAR(3)))

    expect(tx).gained(NEAR(2), by=alice)  # for her one
    expect(tx).lost(NEAR(5), by=bob)  # of which only three are the highest bid, and two are forgotten
    assert (await bad.highest_bid())["amount"] == str(int(NEAR(3)))


async def test_each_outbid_withdraws_what_was_bid(good: Contract, alice: Account, bob: Account) -> None:
    await good.bid().by(alice).attach(NEAR(1))
    await bob.batch(good, good.bid().attach(NEAR(2)), good.bid().attach(NEAR(3)))

    expect(await good.withdraw().by(alice)).gained(NEAR(1), by=alice)
    expect(await good.withdraw().by(bob)).gained(NEAR(2), by=bob)
    await good.withdraw().by(bob).expect_failure("ContractPanic", "has 0 yoctoNEAR here")
