"""Ledgers on a chain of every protocol version, and of transactions that share their blocks with others."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import NEAR, Account, Contract, Near, TGas, expect, start, transactions
from near_harness.ledger import Ledger
from near_harness.ledger.conservation import unaccounted
from near_harness.outcome import Outcome
from near_harness.units import yocto


def ledger(tx: Outcome) -> Ledger:
    assert tx.ledger is not None
    return tx.ledger


def explained(tx: Outcome) -> None:
    assert [str(row.unexplained) for row in ledger(tx).rows.values() if row.unexplained != 0] == []
    expect(tx).conserved_tokens()


@pytest.mark.parametrize("version", [84, 85, 86, 87, 88])
async def test_every_yocto_is_explained_in_every_protocol_version(version: int, contracts: Path) -> None:
    code = (contracts / "staking_pool.wasm").read_bytes()
    async with start(node="embedded", protocol_version=version) as near:
        bank, pool = await near.deploy(contracts / "bank.wasm", "bank"), await near.deploy(code, "pool")
        alice = await near.create_account("alice")
        tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(10)).gas(TGas(150))
        explained(tx)
        rewarded = {bank.id, pool.id} if version < 87 else set()
        assert ledger(tx).rewards.keys() == rewarded

        # Making an account has a price of its own from 85 on, in the receipt whose call has a reward.
        new = f"new.{alice.id}"
        call = transactions.function_call("deposit_and_stake", deposit=NEAR(1))
        made = await alice.send(
            new,
            [transactions.create_account(), transactions.transfer(NEAR(5)), transactions.deploy(code), call],
        )
        explained(made)
        assert ledger(made).rewards.keys() == ({new} if version < 87 else set())


async def test_what_others_wrote_in_the_same_blocks_is_left_out(
    near: Near, bank: Contract, pool: Contract, alice: Account, bob: Account
) -> None:
    async with near.paused() as chain:
        calls = [bank.deposit_and_stake(pool).by(who).attach(NEAR(1)).gas(TGas(150)) for who in (alice, bob)]
        sent = [await chain.send(call) for call in calls]
    of_alice, of_bob = [await one for one in sent]
    assert ledger(of_alice).blocks == ledger(of_bob).blocks
    first, second = ({change.key for change in ledger(tx).state.of(bank.id)} for tx in (of_alice, of_bob))
    assert len(first ^ second) == 2, "each has a row for its own credit"


async def test_money_of_others_in_the_same_blocks_is_no_gift_of_the_protocol(
    near: Near, pool: Contract, alice: Account, bob: Account
) -> None:
    async with near.paused() as chain:
        sent = await chain.send(pool.deposit_and_stake().by(alice).attach(yocto(1)))
        await chain.submit(bob, alice, [transactions.transfer(yocto(1))])
    tx = await sent
    assert ledger(tx).subsidies == {}, "the protocol gives to contracts, not to who signs"
    assert ledger(tx).rows[alice.id].others == yocto(1)
    expect(tx).conserved_tokens()


async def test_transactions_whose_blocks_overlap_are_reckoned_together(
    near: Near, bank: Contract, pool: Contract, alice: Account, bob: Account
) -> None:
    async with near.paused() as chain:
        early = await chain.send(bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150)))
        await chain.step(2)
        late = await chain.send(bank.deposit_and_stake(pool).by(bob).attach(NEAR(2)).gas(TGas(150)))
    first, second = await early, await late
    assert set(ledger(first).blocks) & set(ledger(second).blocks)
    expect(first).conserved_tokens()
    expect(second).conserved_tokens()
    assert unaccounted([first, second]) == unaccounted([second, first]) == 0
    second.receipts[0].tokens_burnt -= yocto(1)
    assert unaccounted([first, second]) == -yocto(1)


async def test_strangers_among_transactions_that_are_reckoned_together(
    near: Near, bank: Contract, pool: Contract, alice: Account, bob: Account
) -> None:
    async with near.paused() as chain:
        early = await chain.send(bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150)))
        late = await chain.send(bank.deposit_and_stake(pool).by(bob).attach(NEAR(2)).gas(TGas(150)))
        await chain.submit(near.root, bank.id, [transactions.transfer(NEAR(3))])
    known = [await early, await late]
    assert unaccounted(known) == 0
    known[0].receipts[0].tokens_burnt += yocto(1)
    assert unaccounted(known) == yocto(1)


async def test_two_epochs_may_end_within_one_transaction(near: Near, pool: Contract) -> None:
    validator = near.account(near.node.root_account_id, near.node.root_key)
    async with near.paused() as chain:
        sent = await chain.send(pool.deposit_and_stake().by(validator).attach(NEAR(1)))
        await chain.step()
        for _ in range(200):  # an epoch has 60
            await chain.step_of()
    tx = await sent
    assert len(ledger(tx).blocks) > 200
    assert ledger(tx).validator_rewards > 0
    expect(tx).conserved_tokens()
