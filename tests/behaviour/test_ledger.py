"""Balances and state around a transaction, read from its blocks; and the expectations on them that must fail."""

from __future__ import annotations

import asyncio
import pickle
import random
import re

import pytest

from near_harness import NEAR, Account, Amount, Contract, Near, TGas, expect, transactions
from near_harness.errors import UnknownBlock
from near_harness.expectations import ExpectationFailed
from near_harness.ledger import Ledger
from near_harness.outcome import Outcome, Refund


def ledger(tx: Outcome) -> Ledger:
    assert tx.ledger is not None
    return tx.ledger


async def test_balances_before_and_after(near: Near, alice: Account, bob: Account) -> None:
    tx = await alice.transfer(bob, NEAR(2))
    await alice.transfer(bob, NEAR(5))  # later transactions do not count

    assert ledger(tx).balances[bob.id] == (NEAR(100), NEAR(102))
    assert ledger(tx).changes[bob.id] == NEAR(2)
    assert ledger(tx).changes[alice.id] == -NEAR(2) - tx.tokens_burnt
    assert await near.balance(bob) == NEAR(107)


async def test_an_outcome_can_be_pickled_with_its_ledger(alice: Account, bob: Account) -> None:
    tx = await alice.transfer(bob, NEAR(2))
    again: Outcome = pickle.loads(pickle.dumps(tx))  # noqa: S301 - it was made here
    assert ledger(again).balances == ledger(tx).balances  # asked at the node's address


async def test_an_account_that_is_created_had_nothing_before(near: Near) -> None:
    dora = await near.create_account("dora", NEAR(3))
    tx = await near.root.transfer(dora, NEAR(1))
    assert ledger(tx).balances[dora.id] == (NEAR(3), NEAR(4))


async def test_creating_an_account_conserves_tokens(near: Near, alice: Account) -> None:
    new = f"new.{alice.id}"
    tx = await alice.send(new, [transactions.create_account(), transactions.transfer(NEAR(1))])
    expect(tx).conserved_tokens()
    assert ledger(tx).balances[new] == (None, NEAR(1))
    if near.node.protocol_version >= 85:
        assert tx.tokens_burnt >= NEAR("0.007")  # what creating an account costs at least from this version on


async def test_deleting_an_account_conserves_tokens(near: Near, alice: Account, bob: Account) -> None:
    tx = await alice.send(alice, [transactions.delete_account(bob.id)])
    expect(tx).conserved_tokens()
    assert not await near.exists(alice)
    assert tx.refunds[0].refund is Refund.DELETION
    if near.node.protocol_version >= 85:  # before it a transfer has no gas refund
        assert tx.refunds_lost > 0  # the gas refund found nobody
    assert ledger(tx).rows[alice.id].gas == tx.tokens_burnt + tx.refunds_lost  # what is lost was paid for gas
    with pytest.raises(ExpectationFailed, match="the protocol returned no deposit"):
        expect(tx).refunded(tx.refunds[0].deposit, to=bob)
    assert ledger(tx).balances[alice.id][1] is None


async def test_a_validators_reward_at_the_end_of_an_epoch_is_not_the_transactions(near: Near, alice: Account) -> None:
    validator = near.account(near.node.root_account_id, near.node.root_key)

    pauses = random.Random(0)  # noqa: S311 - else each might begin at the same distance from the end of its epoch, and miss it
    for _ in range(200):  # each takes several blocks, an epoch has 60
        tx = await validator.transfer(alice, NEAR(1))
        expect(tx).conserved_tokens()
        reward = ledger(tx).validator_rewards
        if reward > 0:
            row = ledger(tx).rows[validator.id]
            assert (row.others, row.by_others, row.unexplained) == (reward, ("validators' rewards",), 0)
            return
        if not near.node.capabilities.snapshot:  # such a node makes blocks meanwhile
            await asyncio.sleep(pauses.uniform(0, 0.3))
    pytest.fail("no epoch has ended within a transaction")


async def test_heights_tell_when_each_receipt_ran(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150))
    heights = ledger(tx).heights
    root, stake, callback = tx.receipt(bank, "deposit_and_stake"), tx.receipt(pool), tx.receipt(bank, "on_staked")
    sent = heights[tx.block_hash or ""]
    after = [heights[r.block_hash or ""] - sent for r in (root, stake, callback)]
    if near.node.capabilities.snapshot:
        assert after == [1, 2, 3]
    # A receipt is executed in a block after the one that made it; a node that is slow may skip heights between them.
    assert 0 < after[0] < after[1] < after[2]


async def test_money_that_is_missing_is_found_out(bank: Contract, pool: Contract, alice: Account) -> None:
    tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150))
    expect(tx).conserved_tokens()
    tx.receipts[1].tokens_burnt -= Amount(1)
    with pytest.raises(ExpectationFailed, match="1 yoctoNEAR went nowhere") as failed:
        expect(tx).conserved_tokens()
    assert f"{bank.id}: " in str(failed.value)


async def test_state_that_has_changed_or_not_is_found_out(bank: Contract, pool: Contract, alice: Account) -> None:
    tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150))
    with pytest.raises(ExpectationFailed, match=f"the state of {re.escape(bank.id)} to be as before, but it has changed"):
        expect(tx).rolled_back(bank)
    failed = await bank.withdraw(amount=NEAR(50)).by(alice).attempt()
    with pytest.raises(ExpectationFailed, match=f"the state of {re.escape(bank.id)} to change, but it is as before"):
        expect(failed).kept(bank)


async def test_the_state_of_who_took_no_part_is_neither_rolled_back_nor_kept(
    bank: Contract, alice: Account, bob: Account
) -> None:
    tx = await bank.withdraw(amount=NEAR(50)).by(alice).attempt()
    expect(tx).rolled_back(bank)
    for account_id in (bob.id, "typo.sandbox"):
        for expected in (expect(tx).rolled_back, expect(tx).kept):
            with pytest.raises(ExpectationFailed) as failed:
                expected(account_id)
            said = str(failed.value).splitlines()[0]
            assert said == f"{account_id} took no part in the transaction; these did: {alice.id}, {bank.id}"


@pytest.mark.near_needs("snapshot")
async def test_a_transaction_that_was_rolled_back_says_so(near: Near, alice: Account, bob: Account) -> None:
    with near.anchor():
        tx = await alice.transfer(bob, NEAR(1))
    with pytest.raises(UnknownBlock, match="the chain was rolled back since"):
        expect(tx).conserved_tokens()


async def block_time(near: Near) -> int:
    return int((await near.client.rpc("block", {"finality": "optimistic"}))["header"]["timestamp"])


@pytest.mark.near_needs("time_travel")
async def test_time_moves_with_blocks(near: Near) -> None:
    height, before = await near.height(), await block_time(near)
    await near.fast_forward(100)
    assert await near.height() >= height + 100
    assert await block_time(near) > before


@pytest.mark.near_needs("snapshot", "time_travel")
async def test_time_goes_back_too(near: Near) -> None:
    before = await block_time(near)
    with near.anchor():
        await near.fast_forward(1000)
        assert await block_time(near) > before
    assert await block_time(near) == before


@pytest.mark.near_needs("time_travel")
async def test_transactions_go_on_after_more_blocks_than_one_is_valid_for(near: Near, alice: Account, bob: Account) -> None:
    await alice.transfer(bob, NEAR(1))
    await near.fast_forward(150)
    await alice.transfer(bob, NEAR(1))
    assert await bob.balance() == NEAR(102)


@pytest.mark.parametrize("blocks", [0, -1, 1.5, True])
async def test_fast_forward_refuses_what_is_no_number_of_blocks(near: Near, blocks: int) -> None:
    with pytest.raises(ValueError, match="give a whole number of blocks"):
        await near.fast_forward(blocks)


@pytest.mark.near_needs("snapshot", "time_travel")
async def test_transactions_go_on_after_a_long_fast_forward_and_back(near: Near, alice: Account, bob: Account) -> None:
    with near.anchor():
        await near.fast_forward(5000)
        await alice.transfer(bob, NEAR(1))
    await alice.transfer(bob, NEAR(1))
    assert await bob.balance() == NEAR(101)
