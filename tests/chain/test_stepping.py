"""A paused chain: blocks one by one, receipts one by one, what is pending, and acting between a call and its callback."""

from __future__ import annotations

import asyncio

import pytest

from near_harness import NEAR, Account, Contract, Near, TGas, expect
from near_harness.errors import BadInput, ReceiptNotFound, RpcTimeout
from near_harness.outcome.failures import InvalidNonce, NotEnoughBalance


async def test_a_test_acts_between_a_call_and_its_callback(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    async with near.paused() as chain:
        call = bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150))
        sent = await chain.send(call)
        assert [tx.actions for tx in chain.pending().transactions] == [("deposit_and_stake",)]
        await chain.step()
        assert chain.pending().receipt().receiver == bank.id
        await chain.step_receipt(chain.pending().receipt("deposit_and_stake", receiver=bank))

        await chain.step_receipt(chain.pending().receipt("on_staked"))  # it arrives before its data and is put aside
        pending = chain.pending()
        stake = pending.receipt("deposit_and_stake", receiver=pool)
        (callback,) = pending.postponed
        assert callback.receipt.actions == ("on_staked",)
        (missing,) = callback.waits_for
        assert (missing.from_receipt, missing.from_account, missing.sent) == (stake.id, pool.id, False)
        assert "waits for pool.sandbox" in str(pending)

        pausing = await chain.send(pool.set_paused(paused=True).by(pool.account))
        await chain.step_transaction(pausing)  # from the pool to itself: it runs at once, before the stake
        await chain.step_receipt(stake)
        (missing,) = chain.pending().postponed[0].waits_for
        assert missing.sent
        data = chain.pending().receipt(kind="data")
        assert data.data_id == missing.data_id
        await chain.step_receipt(data)
        assert not chain.pending().postponed
    tx = await sent
    expect(tx.receipt(pool, "deposit_and_stake")).panicked("pool is paused")
    expect(tx).paid(NEAR(10), by=bank, to=alice)


async def test_receipts_of_one_sender_and_receiver_keep_their_order(near: Near, alice: Account, bob: Account) -> None:
    async with near.paused() as chain:
        for amount in (1, 2):
            await chain.submit(alice, bob, near_transfer(amount))
        await chain.step()
        first, second = chain.pending().receipts
        with pytest.raises(BadInput, match=f"receipt {second.id} from alice.sandbox to bob.sandbox would overtake {first.id}"):
            await chain.step_receipt(second)
        assert len(chain.pending().receipts) == 2
        await chain.step_of(receipts=[first, second])
        assert all(receipt.is_refund for receipt in chain.pending().receipts)


async def test_receipts_of_different_senders_go_in_any_order(near: Near, alice: Account, bob: Account, carol: Account) -> None:
    async with near.paused() as chain:
        await chain.submit(alice, carol, near_transfer(1))
        await chain.submit(bob, carol, near_transfer(2))
        await chain.step()
        late = chain.pending().receipt(sender=bob)
        before = await carol.balance()
        await chain.step_receipt(late)
        assert await carol.balance() == before + NEAR(2)
        await chain.step_receipt(chain.pending().receipt(sender=alice))
        assert await carol.balance() == before + NEAR(3)


async def test_overtaking_when_it_is_asked_for(near: Near, alice: Account, bob: Account) -> None:
    async with near.paused() as chain:
        for amount in (1, 2):
            await chain.submit(alice, bob, near_transfer(amount))
        await chain.step()
        before = await bob.balance()
        await chain.step_receipt(chain.pending().receipts[1], overtaking=True)
        assert await bob.balance() == before + NEAR(2)


async def test_one_transaction_of_several_and_a_block_of_nothing(near: Near, alice: Account, bob: Account) -> None:
    async with near.paused() as chain:
        first = await chain.submit(alice, bob, near_transfer(1))
        second = await chain.submit(bob, alice, near_transfer(1))
        await chain.step_transaction(second)
        assert [tx.hash for tx in chain.pending().transactions] == [first.hash]
        height = await near.height()
        await chain.step_of()
        assert await near.height() == height + 1
        assert len(chain.pending().receipts) == 1
    assert not near.pending()
    assert (await first).signer == alice.id


async def test_what_cannot_run_is_said(near: Near, alice: Account, bob: Account) -> None:
    async with near.paused() as chain:
        sent = await chain.submit(alice, bob, near_transfer(1))
        with pytest.raises(BadInput, match=r"no receipt .* is on its way"):
            await chain.step_receipt("11111111111111111111111111111111")
        with pytest.raises(BadInput, match="is no hash"):
            await chain.step_receipt("nonsense")
        await chain.step_transaction(sent)
        with pytest.raises(BadInput, match=r"no transaction .* is in the pool"):
            await chain.step_transaction(sent)
        with pytest.raises(ReceiptNotFound, match="no receipts with method=mint"):
            chain.pending().receipt("mint")
        receipt = chain.pending().receipt()
        with pytest.raises(BadInput, match="chosen twice"):
            await chain.step_of(receipts=[receipt, receipt])
        with pytest.raises(BadInput, match="paused already"):
            async with near.paused():
                pass


async def test_other_tasks_wait_for_the_steps(near: Near, alice: Account, bob: Account) -> None:
    async with near.paused() as chain:
        waiting = asyncio.create_task(alice.transfer(bob, NEAR(1)))
        while not chain.pending().transactions:  # noqa: ASYNC110 - the chain has no events
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)
        assert not waiting.done()
        assert len(chain.pending().transactions) == 1
    assert (await waiting).failure is None


async def test_who_pauses_the_chain_and_waits_for_it_hears_what_to_write(
    near: Near, alice: Account, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("near_harness.nodes.pump._STANDS_STILL", 3)
    async with near.paused():
        with pytest.raises(RpcTimeout, match=r"the chain is paused, .* sent = await chain\.send\(call\)"):
            await alice.transfer(bob, NEAR(1))
    assert await bob.balance() == NEAR(101), "it was handed over, and runs when the chain goes on"


async def test_who_waits_for_a_yield_that_nobody_resumes_hears_what_waits(near: Near, alice: Account) -> None:
    oracle = await near.puppet("oracle")
    oracle.on("price").waits()
    with pytest.raises(RpcTimeout, match=r"(?s)oracle\.sandbox .* until it is resumed, or height \d+.*try: .*call\.start\(\)"):
        await oracle.price().by(alice)


async def test_a_failed_test_does_not_leave_the_chain_paused(near: Near, alice: Account, bob: Account) -> None:
    with pytest.raises(RuntimeError):
        async with near.paused():
            raise RuntimeError
    await alice.transfer(bob, NEAR(1))


async def test_a_transaction_that_is_dropped_says_why_and_leaves_its_nonce_to_the_next(
    near: Near, alice: Account, bob: Account
) -> None:
    async with near.paused() as chain:
        good, dropped = [await chain.submit(alice, bob, near_transfer(amount)) for amount in (90, 80)]  # each could be paid
    with pytest.raises(NotEnoughBalance, match="cost 80") as refused:
        await dropped
    assert refused.value.transaction_hash == dropped.hash
    with pytest.raises(NotEnoughBalance):
        await dropped.attempt()
    after = await alice.transfer(bob, NEAR(1))
    assert after.raw["transaction"]["nonce"] == (await good).raw["transaction"]["nonce"] + 1
    with pytest.raises(InvalidNonce):
        await dropped


async def test_what_has_run_is_final(near: Near, alice: Account, bob: Account) -> None:
    async with near.paused() as chain:
        await chain.submit(alice, bob, near_transfer(1))
        await chain.run()
        for finality in ("final", "near-final", "optimistic"):
            view = await near.client.rpc("query", {"request_type": "view_account", "account_id": bob.id, "finality": finality})
            assert view["amount"] == str(int(NEAR(101))), finality


async def test_a_rollback_while_paused(near: Near, alice: Account, bob: Account) -> None:
    async with near.paused() as chain:
        with near.anchor():
            await chain.submit(alice, bob, near_transfer(1))
        assert not chain.pending()
        await chain.submit(alice, bob, near_transfer(1))
        assert chain.pending()


def near_transfer(amount: int) -> list[object]:
    from near_harness.transactions import transfer

    return [transfer(NEAR(amount))]
