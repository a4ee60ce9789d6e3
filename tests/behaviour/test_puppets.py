"""Puppets: contracts that are programmed from Python, on every kind of node."""

from __future__ import annotations

import asyncio

import pytest

from near_harness import NEAR, Account, Contract, ContractPanic, Gas, Near, Outcome, TGas, TransactionFailed, expect, yocto
from near_harness.errors import BadInput, NobodyWaits, UnknownMethod
from near_harness.outcome.failures import GasExceeded, MethodNotFound, WasmTrap
from near_harness.puppets.puppet import Puppet
from near_harness.puppets.script import GARBAGE


@pytest.fixture
async def pool(near: Near) -> Puppet:  # instead of the real one
    return await near.puppet("pool", methods=["deposit_and_stake"])


async def _stake(bank: Contract, pool: Puppet, who: Account) -> Outcome:
    return await bank.deposit_and_stake(pool=pool.id).by(who).attach(NEAR(10)).gas(TGas(150))


async def test_failed_stake_returns_the_money_to_the_bank(bank: Contract, pool: Puppet, alice: Account) -> None:
    pool.on("deposit_and_stake").panics("pool is paused")

    tx = await bank.deposit_and_stake(pool=pool.id).by(alice).attach(NEAR(10)).gas(TGas(150))

    expect(tx).succeeded()
    expect(tx.receipt(pool, "deposit_and_stake")).panicked("pool is paused")
    expect(tx).refunded(NEAR(10), to=bank)
    expect(tx.receipt(bank, "on_staked")).succeeded()
    expect(tx).paid(NEAR(10), by=bank, to=alice)
    expect(tx).conserved_tokens()
    assert await bank.credit_of(alice.id).amount() == 0


async def test_what_is_programmed_to_fail_counts_as_seen(bank: Contract, pool: Puppet, alice: Account) -> None:
    pool.on("deposit_and_stake").panics("pool is paused")
    tx = await _stake(bank, pool, alice)
    assert tx.unseen_failures == ()


async def test_a_failure_that_was_not_programmed_does_not(bank: Contract, pool: Puppet, alice: Account) -> None:
    pool.on("deposit_and_stake").burns(TGas(100)).panics("pool is paused")  # the bank gives it 20 Tgas
    tx = await _stake(bank, pool, alice)
    (unseen,) = tx.unseen_failures
    expect(unseen).failed(GasExceeded)


async def test_what_it_was_sent_is_recorded(bank: Contract, pool: Puppet, alice: Account, bob: Account) -> None:
    pool.on("deposit_and_stake").returns(True).once().panics("no")
    await _stake(bank, pool, alice)
    await _stake(bank, pool, bob)
    await bank.staked_with(pool=pool.id, account=bob).by(alice).attempt()

    first, second = pool.received("deposit_and_stake")
    assert (first.predecessor, first.signer, first.deposit) == (bank.id, alice.id, NEAR(10))
    assert (second.predecessor, second.signer, second.deposit) == (bank.id, bob.id, NEAR(10))
    assert (first.args, first.json()) == (b"", None)
    assert TGas(20) <= first.gas < TGas(150)
    assert first.receipt.succeeded and second.receipt.failed
    assert [call.method for call in pool.calls] == ["deposit_and_stake", "deposit_and_stake", "get_account_staked_balance"]
    assert pool.calls[-1].json() == {"account_id": bob.id}
    assert str(pool.calls[-1]).startswith(f'get_account_staked_balance({{"account_id":"{bob.id}"}}) from {bank.id} with 0 NEAR')


async def test_calls_are_recorded_in_the_order_in_which_they_ran(near: Near, pool: Puppet, alice: Account) -> None:
    caller = await near.puppet("caller", methods=["later"])
    caller.on("go").calls(caller, "later", gas=TGas(50)).calls(pool, "ask", b"first")
    caller.on("later").calls(pool, "ask", b"from later")
    pool.on("ask").calls(pool, "ask", b"from itself").returns(1).once().returns(2).once().returns(3)

    await caller.go().by(alice).gas(TGas(200))

    assert [call.receipt.json() for call in pool.calls] == [1, 2, 3]
    assert [call.args for call in pool.calls] != [call.args for call in pool._received]


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        ("hello", b'"hello"'),
        ("zażółć", '"zażółć"'.encode()),
        (NEAR(1), b'"1000000000000000000000000"'),
        (None, b"null"),
        ({"a": [1, True]}, b'{"a":[1,true]}'),
        (b"\x01\x02", b"\x01\x02"),
        (b"", b""),
    ],
)
async def test_returns(pool: Puppet, alice: Account, value: object, bytes_: bytes) -> None:
    pool.on("get").returns(value)
    assert (await pool.get().by(alice)).value == bytes_


async def test_returns_to_a_callback(bank: Contract, pool: Puppet, alice: Account) -> None:
    pool.on("get_account_staked_balance").returns(NEAR(7))
    tx = await bank.staked_with(pool=pool, account=alice).by(alice)
    assert tx.json() == str(int(NEAR(7)))


async def test_can_be_asked_by_a_view(near: Near, pool: Puppet) -> None:
    pool.on("get_total").returns(5)
    assert await pool.view("get_total") == 5
    pool.on("get_total").returns(6)
    assert await near.view(pool, "get_total") == 6


async def test_garbage_and_huge_results(bank: Contract, pool: Puppet, alice: Account) -> None:
    pool.on("get_account_staked_balance").returns_garbage()
    tx = await bank.staked_with(pool=pool, account=alice).by(alice).attempt()
    expect(tx).failed(ContractPanic)
    assert tx.receipt(pool).value == GARBAGE

    pool.on("get_account_staked_balance").returns_huge(200_000)
    tx = await bank.staked_with(pool=pool, account=alice).by(alice).gas(TGas(300)).attempt()
    assert tx.receipt(pool).json() == "x" * 199_998


async def test_traps_and_runs_out_of_gas(pool: Puppet, alice: Account) -> None:
    pool.on("trap").traps()
    pool.on("burn").runs_out_of_gas()
    await pool.trap().by(alice).expect_failure(WasmTrap)
    failure = await pool.burn().by(alice).gas(TGas(30)).expect_failure(GasExceeded)
    assert failure.outcome is not None and failure.outcome.gas_burnt > TGas(30)


@pytest.mark.parametrize("gas", [TGas("0.001"), TGas(1), TGas(7), TGas(250)])
async def test_burns_what_it_is_told_to(pool: Puppet, alice: Account, gas: Gas) -> None:
    pool.on("idle")
    pool.on("burn").burns(gas)
    idle = (await pool.idle().by(alice).gas(TGas(300))).receipt(pool).gas_burnt
    burnt = (await pool.burn().by(alice).gas(TGas(300))).receipt(pool).gas_burnt
    assert gas <= burnt - idle < gas + TGas("0.005")


async def test_logs_and_events(pool: Puppet, alice: Account) -> None:
    pool.on("talk").logs("hello").emits("nep141", "ft_mint", [{"owner_id": "a", "amount": "1"}])
    tx = await pool.talk().by(alice)
    assert tx.logs[0] == "hello"
    (event,) = tx.events
    assert (event.standard, event.event, event.data) == ("nep141", "ft_mint", [{"owner_id": "a", "amount": "1"}])


async def test_transfers(pool: Puppet, alice: Account, bob: Account) -> None:
    pool.on("pay").transfers("1.5 NEAR", to=bob).transfers(yocto(7))
    tx = await pool.pay().by(alice)
    expect(tx).paid("1.5 NEAR", by=pool, to=bob).paid(yocto(7), by=pool, to=alice).conserved_tokens()


async def test_calls_another_contract_with_a_deposit_and_hears_of_it(near: Near, pool: Puppet, alice: Account) -> None:
    other = await near.puppet("other")
    other.on("ask").returns("answer")
    pool.on("go").calls(other, "ask", {"n": 1}, deposit=NEAR(2), gas=TGas(20)).then("heard", {"m": 2}).returns_promise()
    pool.on("heard").returns("done")

    tx = await pool.go().by(alice)

    assert tx.json() == "done"
    (asked,) = other.calls
    assert (asked.json(), asked.deposit, asked.gas, asked.predecessor) == ({"n": 1}, NEAR(2), TGas(20), pool.id)
    expect(tx.receipt(pool, "heard")).callback_of(tx.receipt(other, "ask"))
    assert pool.received("heard")[0].json() == {"m": 2}


async def test_calls_back_into_the_caller(bank: Contract, pool: Puppet, alice: Account) -> None:
    pool.on("deposit_and_stake").calls_back("withdraw", {"amount": NEAR(10)}).returns(True)
    tx = await _stake(bank, pool, alice)
    back = tx.receipt(bank, "withdraw", predecessor=pool)
    expect(back).panicked(f"{pool.id} has a credit of 0 yoctoNEAR")


async def test_different_answers_in_turn(pool: Puppet, alice: Account) -> None:
    pool.on("count").returns(1).once().logs("two").returns(2).times(2).returns(3)
    assert [(await pool.count().by(alice)).json() for _ in range(5)] == [1, 2, 2, 3, 3]


async def test_after_its_answers_a_method_returns_nothing(pool: Puppet, alice: Account) -> None:
    pool.on("count").returns(1).once()
    assert [(await pool.count().by(alice)).value for _ in range(3)] == [b"1", b"", b""]


async def test_answers_that_fail_have_their_turn_too(pool: Puppet, alice: Account) -> None:
    pool.on("try_").panics("busy").times(2).returns("ok").once().traps().once().returns("end")
    ways = [(await pool.call("try_").by(alice).attempt()) for _ in range(6)]
    assert [tx.failure.name if tx.failure else tx.json() for tx in ways] == [
        "ContractPanic", "ContractPanic", "ok", "WasmTrap", "end", "end",
    ]  # fmt: skip


async def test_answers_by_arguments_and_by_caller(pool: Puppet, alice: Account, bob: Account) -> None:
    pool.on("get").returns("other")
    pool.on("get", containing=bob.id).returns("about bob")
    pool.on("get", by=bob).returns("for bob")
    pool.on("get", containing=b'"once"').returns("once").once()

    assert (await pool.call("get", {"who": alice}).by(alice)).json() == "other"
    assert (await pool.call("get", {"who": bob}).by(alice)).json() == "about bob"
    assert (await pool.call("get", {"who": bob}).by(bob)).json() == "about bob"
    assert (await pool.call("get", {"who": alice}).by(bob)).json() == "for bob"
    assert [(await pool.call("get", {"who": "once"}).by(alice)).json() for _ in range(2)] == ["once", "other"]


async def test_a_new_program_takes_the_place_of_the_old_one(pool: Puppet, alice: Account) -> None:
    pool.on("get").returns(1).once().returns(2)
    assert (await pool.get().by(alice)).json() == 1
    pool.on("get").returns(10).once().returns(20)
    assert [(await pool.get().by(alice)).json() for _ in range(2)] == [10, 20]


async def test_a_call_waits_until_the_test_says_what_comes_of_it(bank: Contract, pool: Puppet, alice: Account) -> None:
    pool.on("deposit_and_stake").waits()
    sent = await bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(200)).start()

    await pool.resume("deposit_and_stake", "staked")

    tx = await sent
    assert tx.json() is True
    assert await bank.credit_of(alice).amount() == NEAR(10)
    assert [call.method for call in pool.calls] == ["deposit_and_stake"]


async def test_a_call_that_waited_panics(bank: Contract, pool: Puppet, alice: Account) -> None:
    pool.on("deposit_and_stake").waits()
    sent = await bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(200)).start()

    await pool.resume("deposit_and_stake", panics="the validator was slashed")

    tx = await sent
    assert tx.json() is False
    assert tx.unseen_failures == ()  # it was told to
    assert [receipt.failure.text for receipt in tx.failed_receipts] == ["the validator was slashed"]


async def test_calls_that_wait_go_on_one_after_the_other(pool: Puppet, alice: Account, bob: Account) -> None:
    pool.on("ask").waits()
    first = await pool.ask().by(alice).start()
    await pool.until_waiting("ask")
    second = await pool.ask().by(bob).start()
    assert len(await pool.until_waiting("ask", 2)) == 2
    pool.on("ask").returns("at once")

    assert (await pool.ask().by(alice)).json() == "at once"
    await pool.resume("ask", "one")
    await pool.resume("ask", "two")
    assert [(await first).json(), (await second).json()] == ["one", "two"]
    assert await pool.waiting("ask") == ()
    with pytest.raises(NobodyWaits, match=r"no call of .*\.ask waits, instead of 1: program it with \.on\('ask'\)\.waits\(\)"):
        await pool.resume("ask", "three")


async def test_what_a_call_that_waited_returns_can_be_as_long_as_the_protocol_allows(pool: Puppet, alice: Account) -> None:
    pool.on("ask").waits()
    sent = await pool.ask().by(alice).start()
    with pytest.raises(BadInput, match=r"1,024 bytes for .*\.ask: a call that waits can be given 1,023 at most"):
        await pool.resume("ask", b"x" * 1024)
    await pool.resume("ask", b"x" * 1023)
    assert (await sent).value == b"x" * 1023


@pytest.mark.near_needs("time_travel")
async def test_a_call_that_nobody_resumes_fails_in_the_end(near: Near, pool: Puppet, alice: Account) -> None:
    pool.on("ask").waits()
    sent = await pool.ask().by(alice).start()
    await pool.until_waiting("ask")
    await near.fast_forward(201)

    expect(await sent.attempt()).panicked("nobody resumed it in time")
    with pytest.raises(NobodyWaits):
        await pool.resume("ask", "too late")


async def test_a_method_that_is_not_programmed_does_not_exist(pool: Puppet, alice: Account) -> None:
    with pytest.raises(UnknownMethod, match=r"has no method 'unstake'; did you mean deposit_and_stake"):
        pool.unstake()
    with pytest.raises(UnknownMethod):
        pool.received("unstake")
    await alice.call(pool.id, "unstake").expect_failure(MethodNotFound)


async def test_stands_in_for_a_contract_that_is_there(near: Near, bank: Contract, alice: Account) -> None:
    puppet = await near.puppet(bank, methods=["withdraw"])
    assert puppet.id == bank.id
    assert (await puppet.withdraw().by(alice)).value == b""


async def test_several_puppets_are_programmed_at_once(near: Near) -> None:
    puppets = [await near.puppet() for _ in range(3)]
    for number, puppet in enumerate(puppets):
        puppet.on("get").returns(number)
    outcomes = await asyncio.gather(*(puppet.get().by(puppet.account) for puppet in puppets))
    assert [tx.json() for tx in outcomes] == [0, 1, 2]


async def test_update_sends_at_once(near: Near, pool: Puppet) -> None:
    pool.on("get").returns(5)
    await pool.update()
    assert (await near.client.view(pool.id, "get", b""))[0] == b"5"


async def test_what_could_not_be_deployed_is_still_to_be_sent(near: Near) -> None:
    poor = await near.puppet("poor", balance=NEAR("0.1"))
    poor.on("ask").returns("x" * 100_000)  # its storage costs a NEAR
    with pytest.raises(TransactionFailed):
        await poor.update()
    assert [str(match) for match in poor.unsent] == ["on('ask')"]
    poor.on("ask").returns("short")
    await poor.update()
    assert poor.unsent == ()


async def test_what_cannot_be_programmed_is_refused(pool: Puppet) -> None:
    with pytest.raises(BadInput, match=r"on\('get'\): it returns already, so nothing can follow \(panics\); .once\(\) begins"):
        pool.on("get").returns(1).panics("no")
    with pytest.raises(BadInput, match=r"\.then\(\) follows \.calls"):
        pool.on("get").then("on_done")
    with pytest.raises(BadInput, match="there is no promise to return"):
        pool.on("get").returns_promise()
    with pytest.raises(BadInput, match="no name of a method"):
        pool.on("")
    for text in (None, 5, "\ud800"):
        with pytest.raises(BadInput, match="is no text"):
            pool.on("get").panics(text)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="0 times"):
        pool.on("get").returns(1).times(0)
    with pytest.raises(BadInput, match="a result of 1 bytes"):
        pool.on("get").returns_huge(1)
    with pytest.raises(BadInput, match="what a puppet itself calls a method"):
        pool.on("near_harness_resume")
    with pytest.raises(BadInput, match=r"1,024 bytes for .* can be given 1,023 at most"):
        await pool.resume("get", b"x" * 1024)
    await pool.update()
