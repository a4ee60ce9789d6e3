"""What an exploration finds, and what it leaves alone."""

from __future__ import annotations

import pickle

import pytest

from near_harness import NEAR, Account, Contract, Near
from near_harness.errors import BadInput
from near_harness.explore.chain_state import ChainState
from near_harness.explore.errors import ExplorationFailed
from near_harness.outcome.failures import NotEnoughBalance
from near_harness.transactions import Call


def deposit(bank: Contract, pool: Contract, user: Account, how: str = "deposit_and_stake") -> Call:
    return bank.call(how, pool=pool).by(user).attach(NEAR(10)).gas("150 Tgas")


async def test_a_race_is_found_without_a_specification(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    await pool.set_paused(paused=True).by(pool.account)
    report = await near.explore([deposit(bank, pool, alice, "deposit_and_stake_racy"), bank.withdraw().by(alice)])
    (finding,) = report.findings
    assert finding.oracle == "serialisable"
    assert finding.text.startswith("no one-at-a-time order of these transactions gives this outcome")
    assert "alice.sandbox: holds +10 NEAR" in finding.text
    assert finding.schedule.split()[3:5] == ["w0", "w1"]
    assert finding.good is not None
    with pytest.raises(ExplorationFailed, match="near-schedule v1 fifo w0 w1"):
        report.assert_safe()
    assert pickle.loads(pickle.dumps(report)) == report  # noqa: S301 - its own


async def test_the_right_order_is_clean(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    for paused in (True, False):
        await pool.set_paused(paused=paused).by(pool.account)
        report = await near.explore([deposit(bank, pool, alice), deposit(bank, pool, alice), bank.withdraw().by(alice)])
        report.assert_safe()
        assert report.exhaustive
        assert report.orders > 3


async def test_an_invariant_finds_what_every_order_does_wrong(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    await pool.set_paused(paused=True).by(pool.account)
    own = await near.balance(bank)
    report = await near.explore(
        [
            deposit(bank, pool, alice, "deposit_and_stake_wrong"),
            bank.withdraw().by(alice),
            bank.staked_with(pool, alice).by(alice),
        ],
        invariant=lambda chain: chain.money(bank) - chain.amount(bank.total_credit()) >= own,
    )
    (finding,) = report.findings
    assert finding.oracle == "invariant"
    assert len(finding.transactions) == 1, "one of the transactions is enough"
    assert finding.schedule == "near-schedule v1 fifo w0 w0.0 w0.0.cb"


async def test_an_invariant_after_every_receipt(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    def never_owes(chain: ChainState) -> None:
        assert chain.amount(bank.total_credit()) == 0, "it owes"

    calls = [[deposit(bank, pool, alice), bank.withdraw(amount=str(int(NEAR(10)))).by(alice)]]
    (await near.explore(calls, invariant=never_owes)).assert_safe()
    report = await near.explore(calls, invariant=never_owes, at_every_receipt=True)
    assert "it owes" in report.findings[0].text


async def test_what_never_happens_is_said(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    seen = {"credit": lambda chain: chain.amount(bank.credit_of(alice)) > 0}
    (await near.explore([deposit(bank, pool, alice)], sometimes=seen)).assert_safe()
    await pool.set_paused(paused=True).by(pool.account)
    report = await near.explore([deposit(bank, pool, alice)], sometimes=seen)
    assert report.never == ("credit",)
    with pytest.raises(ExplorationFailed, match="never happened: credit"):
        report.assert_safe()


async def test_what_must_work_afterwards(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    calls = [deposit(bank, pool, alice)]
    (await near.explore(calls, eventually=[bank.withdraw().by(alice)])).assert_safe()
    await pool.set_paused(paused=True).by(pool.account)
    report = await near.explore(calls, eventually=[bank.withdraw().by(alice)])
    assert report.findings[0].oracle == "eventually"
    assert "has no credit" in report.findings[0].text


async def test_nothing_stays_on_the_chain(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    height, money = await near.height(), await near.balance(alice)
    await near.explore([deposit(bank, pool, alice), bank.withdraw().by(alice)])
    assert (await near.height(), await near.balance(alice)) == (height, money)
    assert await bank.credit_of(alice) == "0"


async def test_a_sample_proves_nothing(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    users = [await near.create_account() for _ in range(3)]
    calls = [bank.staked_with(pool=pool, account=alice).by(user) for user in users]
    report = await near.explore(calls, max_schedules=4, max_seconds=20)
    assert not report.exhaustive
    assert "of unknown receipt orders" in report.summary
    with pytest.raises(ExplorationFailed, match="proves nothing"):
        report.assert_safe()
    report.assert_safe(sampled=True)


async def test_a_sample_finds_as_well(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    await pool.set_paused(paused=True).by(pool.account)
    users = [await near.create_account() for _ in range(3)]
    others = [bank.staked_with(pool=pool, account=alice).by(user) for user in users]
    report = await near.explore(
        [*others, deposit(bank, pool, alice, "deposit_and_stake_racy"), bank.withdraw().by(alice)], max_schedules=1
    )
    assert report.findings[0].schedule.startswith("near-schedule v1 fifo w3 w4")
    assert len(report.findings[0].transactions) == 2


async def test_bad_questions(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    with pytest.raises(BadInput, match="at least one call"):
        await near.explore([])
    with pytest.raises(BadInput, match="nobody signs it"):
        await near.explore([bank.withdraw()])
    with pytest.raises(BadInput, match="is no call"):
        await near.explore(["withdraw"])  # type: ignore[list-item]
    with pytest.raises(BadInput, match="one of fifo, any is wanted"):
        await near.explore([bank.withdraw().by(alice)], order="lifo")  # type: ignore[arg-type]

    async def asynchronous(_chain: ChainState) -> bool:
        return True

    with pytest.raises(BadInput, match="without async and await"):
        await near.explore([bank.withdraw().by(alice)], invariant=asynchronous)
    with pytest.raises(NotEnoughBalance, match="charged at its beginning"):
        await near.explore([deposit(bank, pool, alice).attach(NEAR(60)), deposit(bank, pool, alice).attach(NEAR(60))])
