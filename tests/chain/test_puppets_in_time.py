"""Puppets where the chain stands still and goes back, and on the oldest and the newest protocol version."""

from __future__ import annotations

from pathlib import Path

import pytest

import near_harness
import near_harness.sync
from near_harness import NEAR, Account, Contract, Near, TGas, expect
from near_harness.errors import BadInput
from near_harness.puppets.puppet import Puppet


@pytest.fixture
async def pool(near: Near) -> Puppet:
    return await near.puppet("pool", methods=["deposit_and_stake"])


async def test_is_programmed_between_a_call_and_its_arrival(near: Near, bank: Contract, pool: Puppet, alice: Account) -> None:
    async with near.paused() as chain:
        sent = await chain.send(bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150)))
        await chain.step(2)
        assert chain.pending().receipt("deposit_and_stake").receiver == pool.id
        height = await near.height()
        pool.on("deposit_and_stake").panics("just now")
        await pool.update()
        assert await near.height() == height + 1
        assert chain.pending().receipt("deposit_and_stake").receiver == pool.id  # nothing else ran
        await chain.step()
    tx = await sent
    expect(tx.receipt(pool)).panicked("just now").refunded(NEAR(10), to=bank)


@pytest.mark.parametrize("how", ["step", "step_receipt", "step_transaction", "run", "await", "the end"])
async def test_what_is_programmed_comes_before_the_next_step_of_any_kind(
    near: Near, pool: Puppet, alice: Account, how: str
) -> None:
    pool.on("get").returns("before")
    await pool.update()
    async with near.paused() as chain:
        sent = await chain.send(pool.get().by(alice))
        if how == "step_receipt":
            await chain.step()
        pool.on("get").returns("after")
        if how == "step":
            await chain.step(2)
        elif how == "step_receipt":
            await chain.step_receipt(chain.pending().receipt("get"))
        elif how == "step_transaction":
            await chain.step_transaction(sent)
            assert pool.unsent == ()
        elif how == "run":
            await chain.run()
        elif how == "await":
            await sent
    assert (await sent).json() == "after"


async def test_what_is_programmed_comes_before_a_transaction_that_is_handed_over(pool: Puppet, alice: Account) -> None:
    pool.on("get").returns("before")
    await pool.update()
    pool.on("get").returns("after")
    sent = await pool.get().by(alice).start()
    assert pool.unsent == ()
    assert (await sent).json() == "after"


async def test_failing_answers_have_one_turn_per_transaction(near: Near, pool: Puppet, alice: Account) -> None:
    """The second call of the transaction finds no count of the first, which failed."""
    caller = await near.puppet("caller")
    caller.on("go").calls(pool, "ask", gas=TGas(5)).calls(pool, "ask", gas=TGas(5))
    pool.on("ask").panics("first").once().panics("then")
    tx = await caller.go().by(alice)
    assert [r.how_failed and r.how_failed.text for r in tx.find(pool)] == ["first", "first"]
    assert [call.method for call in pool.calls] == ["ask", "ask"]
    await pool.call("ask").by(alice).expect_failure("ContractPanic", "then")


async def test_calls_of_two_transactions_are_in_the_order_in_which_they_ran(
    near: Near, pool: Puppet, alice: Account, bob: Account
) -> None:
    caller = await near.puppet("caller")
    caller.on("go").calls(pool, "ask", b"by way of the caller", gas=TGas(5))
    pool.on("ask").returns(1)
    async with near.paused() as chain:
        slow = await chain.send(caller.go().by(alice))
        fast = await chain.send(pool.call("ask", b"at once").by(bob))
        await chain.run()
    await slow  # it is heard of first
    await fast
    assert [call.args for call in pool.calls] == [b"at once", b"by way of the caller"]


async def test_where_the_chain_stays_the_program_of_before_is_brought_to_it_again(
    near: Near, pool: Puppet, alice: Account
) -> None:
    """As on a node without snapshots: what the puppets know goes back, and the chain does not."""
    pool.on("get").returns("before")
    assert (await pool.get().by(alice)).json() == "before"
    remembered = near.puppets.remember()
    pool.on("get").returns("after")
    assert (await pool.get().by(alice)).json() == "after"
    near.puppets.go_back(remembered, with_the_chain=False)
    assert (await pool.get().by(alice)).json() == "before"


async def test_going_back_takes_programs_and_records_along(near: Near, pool: Puppet, alice: Account) -> None:
    pool.on("get").returns(1).once().panics("used up")
    with near.anchor():
        assert (await pool.get().by(alice)).json() == 1
        await pool.get().by(alice).expect_failure("ContractPanic", "used up")
        pool.on("get").returns("other")
        assert (await pool.get().by(alice)).json() == "other"
        puppet = await near.puppet("inner")
        puppet.on("go").calls(pool, "get", gas=TGas(5))
        await puppet.go().by(alice)
        assert len(pool.calls) == 4
    assert not pool.calls
    assert (await pool.get().by(alice)).json() == 1
    await pool.get().by(alice).expect_failure("ContractPanic", "used up")
    assert [call.receipt.failed for call in pool.calls] == [False, True]


async def test_what_is_programmed_is_there_when_orders_are_explored_or_a_contract_is_audited(
    near: Near, bank: Contract, pool: Puppet, alice: Account
) -> None:
    pool.on("deposit_and_stake").panics("paused")
    call = bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(1)).gas(TGas(150))
    report = await near.explore([[call]], invariant=lambda chain: chain.view(bank, "total_credit") == "0")
    report.assert_safe()
    assert pool.unsent == ()

    pool.on("deposit_and_stake").returns(True)
    await near.audit(bank, callees=[pool], calls=[call], rules=["NH001"], tries=1)
    assert pool.unsent == ()


async def test_a_puppet_that_was_rolled_back_cannot_be_programmed(near: Near, tmp_path: Path) -> None:
    with near.anchor():
        gone = await near.puppet("gone")
    with pytest.raises(BadInput, match=r"the puppet gone\.sandbox is gone"):
        gone.on("get").returns(1)

    kept = await near.puppet("kept")
    kept.on("get").returns(1)
    await kept.update()
    near.save(tmp_path / "chain")
    near.load(tmp_path / "chain")
    with pytest.raises(BadInput, match=r"the puppet kept\.sandbox is gone: .* was loaded from a file"):
        kept.on("get").returns(2)
    assert await near.view(kept.id, "get") == 1
    again = await near.puppet(near.account(kept.id))
    again.on("get").returns(3)
    assert await again.view("get") == 3
    with pytest.raises(BadInput, match="another puppet stands on its account"):
        await kept.update()


async def test_works_without_await(near: Near, pool: Puppet, alice: Account) -> None:
    pool.on("get").returns(1)
    with near_harness.sync.of(near) as sync:
        puppet = sync.view_of(pool)
        assert puppet.get().by(alice).send().json() == 1
        puppet.on("get").returns(2)
        assert puppet.view("get") == 2
        assert len(puppet.calls) == 1


@pytest.mark.parametrize("version", [84, 88])
async def test_every_way_of_answering_on_the_oldest_and_the_newest_protocol(version: int) -> None:
    async with near_harness.start(node="embedded", protocol_version=version) as near:
        alice = await near.create_account("alice")
        pool, other = await near.puppet("pool"), await near.puppet("other", methods=["hear"])
        pool.on("all").logs("hm").burns(TGas(2)).transfers("1 NEAR").calls(other, "hear", deposit=NEAR(1)).then("after").returns(
            1
        )
        pool.on("after").returns_huge(1000)
        pool.on("promise").calls(other, "hear").then("after").returns_promise()
        pool.on("turns", containing="x").traps().once().runs_out_of_gas().once().panics("no")
        pool.on("turns", by=alice).returns_garbage()
        pool.on("wait").waits()

        tx = await pool.all().by(alice)
        expect(tx).succeeded().paid("1 NEAR", by=pool, to=alice).conserved_tokens()
        expect(tx.receipt(pool, "after")).succeeded().callback_of(tx.receipt(other, "hear"))
        assert len((await pool.promise().by(alice)).value or b"") == 1000
        ways = [await pool.call("turns", {"x": 1}).by(alice).gas(TGas(20)).attempt() for _ in range(3)]
        assert [tx.failure and tx.failure.name for tx in ways] == ["WasmTrap", "GasExceeded", "ContractPanic"]
        assert (await pool.turns().by(alice)).succeeded
        sent = await pool.wait().by(alice).start()
        await pool.resume("wait", {"x": 1})
        assert (await sent).json() == {"x": 1}
