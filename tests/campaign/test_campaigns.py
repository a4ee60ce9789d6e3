"""Explorations and seeds on a cluster give what they give in one process, and outlive workers that are killed."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest
from distributed import Client, LocalCluster
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from near_harness import NEAR, Account, Contract, Near, TGas
from near_harness.campaign import CampaignError, try_seeds
from near_harness.campaign import cluster as cluster_module
from near_harness.errors import BadInput
from near_harness.explore import serial
from near_harness.stateful import ChainMachine


async def _calls(near: Near, bank: Contract, pool: Contract, alice: Account, number: int) -> list[Any]:
    users = [await near.create_account() for _ in range(number)]
    return [bank.staked_with(pool=pool, account=alice).by(user) for user in users]


async def test_all_orders_each_once(near: Near, bank: Contract, pool: Contract, alice: Account, workers: Client) -> None:
    calls = await _calls(near, bank, pool, alice, 4)
    told: list[tuple[int, int]] = []
    there = await near.explore(calls, workers=workers, progress=lambda done, parts: told.append((done, parts)))
    assert (there.orders, there.exhaustive, there.findings) == (336, True, ())
    there.assert_safe()
    parts = told[-1][1]
    assert told == [(number, parts) for number in range(1, parts + 1)]
    assert parts >= 8


async def test_what_is_found_there_is_as_small_as_here(
    near: Near, bank: Contract, pool: Contract, alice: Account, workers: Client
) -> None:
    await pool.set_paused(paused=True).by(pool.account)
    stake = bank.deposit_and_stake_racy(pool=pool).by(alice).attach(NEAR(1)).gas(TGas(150))
    actors = [stake, bank.withdraw().by(alice), bank.staked_with(pool, alice).by(near.root)]
    owes: Any = lambda chain: chain.amount(bank, "total_credit") <= chain.balance(bank)  # noqa: E731 - it has to travel
    there = await near.explore(actors, workers=workers, invariant=owes)
    here = await near.explore(actors, invariant=owes)
    assert [finding.schedule for finding in there.findings] == [finding.schedule for finding in here.findings]
    assert there.findings
    assert not there.exhaustive


async def test_beyond_the_bound_each_worker_draws_orders_of_its_own(
    near: Near, bank: Contract, pool: Contract, alice: Account, workers: Client
) -> None:
    calls = await _calls(near, bank, pool, alice, 4)
    report = await near.explore(calls, workers=workers, max_schedules=3, max_seconds=60)
    assert not report.exhaustive
    assert report.sampled > 0
    assert "sampled" in report.summary


async def test_workers_say_what_they_cannot_decide(
    near: Near, bank: Contract, pool: Contract, alice: Account, workers: Client
) -> None:
    await pool.set_paused(paused=True).by(pool.account)
    stake = bank.deposit_and_stake_racy(pool=pool).by(alice).attach(NEAR(1)).gas(TGas(150))

    def try_at_most(states: int) -> None:
        serial.MOST_STATES = states

    usual = serial.MOST_STATES
    workers.run(try_at_most, 2)
    try:
        report = await near.explore([stake, bank.withdraw().by(alice)], workers=workers)
    finally:
        workers.run(try_at_most, usual)
    assert (report.findings, report.exhaustive) == ((), False)
    assert report.summary.endswith("too many one-at-a-time orders to judge by")


async def test_a_worker_that_is_killed_takes_no_work_with_it(
    near: Near, bank: Contract, pool: Contract, alice: Account, workers: Client
) -> None:
    calls = await _calls(near, bank, pool, alice, 4)
    pids = list(workers.run(os.getpid).values())
    assert len(pids) == 2

    def kill_one(done: int, _parts: int) -> None:
        if done == 2:
            os.kill(pids[0], signal.SIGKILL)

    report = await near.explore(calls, workers=workers, progress=kill_one)
    assert (report.orders, report.exhaustive) == (336, True)
    workers.wait_for_workers(2, timeout=30)  # the cluster replaces it
    assert pids[0] not in workers.run(os.getpid).values()


class Bank(ChainMachine):
    bank: Any
    pool: Any
    alice: Any

    @rule(amount=st.integers(1, 5))
    def stake(self, amount: int) -> None:
        self.bank.deposit_and_stake_wrong(self.pool).by(self.alice).attach(NEAR(amount)).gas(TGas(150)).send()

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self.pool.set_paused(paused=paused).by(self.pool.account).send()

    @invariant()
    def owes_what_it_has_staked(self) -> None:
        assert self.bank.total_credit() == self.pool.get_account_staked_balance(account_id=self.bank.id)


_FEW = settings(max_examples=3, stateful_step_count=3, deadline=None, database=None)


@pytest.mark.near_unseen_failures("ignore")
def test_seeds_of_a_state_machine(near: Near, bank: Contract, pool: Contract, alice: Account, workers: Client) -> None:
    def check(there: Near, seed: int) -> None:
        Bank.run(there, seed=seed, settings=_FEW, bank=bank, pool=pool, alice=alice)

    height = near.node.height
    report = try_seeds(near, check, range(8), workers)
    assert report.seeds == 8
    assert report.failures
    assert near.node.height == height
    first = report.failures[0]
    assert (first.kind, f"seed {first.seed}: AssertionError" in str(report)) == ("AssertionError", True)
    with pytest.raises(AssertionError):
        check(near, first.seed)
    again = try_seeds(near, check, range(8), workers)
    assert [failure.seed for failure in again.failures] == [failure.seed for failure in report.failures]


async def test_an_asynchronous_check_begins_from_the_same_chain_each_time(near: Near, alice: Account, workers: Client) -> None:
    await near.create_account("dora", NEAR(3))

    async def check(there: Near, seed: int) -> None:
        assert await there.balance("dora.sandbox") == NEAR(3)
        await alice.transfer("dora.sandbox", NEAR(1))
        if seed == 3:
            raise ValueError(await there.balance("dora.sandbox"))

    report = try_seeds(near, check, range(6), workers)
    assert [str(failure) for failure in report.failures] == ["seed 3: ValueError: 4 NEAR"]
    assert "await there.balance" in report.failures[0].trace


def test_what_cannot_be_sent_says_so(near: Near, workers: Client) -> None:
    import threading

    lock = threading.Lock()
    with pytest.raises(BadInput, match="cannot be sent to workers"):
        try_seeds(near, lambda _near, _seed: lock, [1], workers)
    with pytest.raises(BadInput, match="given twice"):
        try_seeds(near, lambda _near, _seed: None, [1, 1], workers)


async def test_a_time_out_of_an_invariant_is_no_time_out_of_the_campaign(near: Near, alice: Account, workers: Client) -> None:
    def slow(_chain: Any) -> bool:
        raise TimeoutError("asked for too long")

    with pytest.raises(TimeoutError, match="asked for too long"):
        await near.explore([alice.call("nobody.sandbox", "go")], workers=workers, invariant=slow)


async def test_an_invariant_cannot_use_the_chain_that_it_left_behind(near: Near, alice: Account, workers: Client) -> None:
    with pytest.raises(BadInput, match="is there to be named only"):
        await near.explore([alice.call("nobody.sandbox", "go")], workers=workers, invariant=lambda _chain: near.node.height)


def test_a_cluster_that_has_lost_all_its_workers_is_an_error(near: Near, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "_WORKERS_BACK_S", 0.5)
    with LocalCluster(n_workers=1, dashboard_address="127.0.0.1:0", host="127.0.0.1") as small, Client(small) as client:

        def nobody_is_left(done: int, _parts: int) -> None:
            if done == 1:
                small.scale(0)

        with pytest.raises(CampaignError, match="all workers are lost"):
            try_seeds(near, lambda _near, _seed: time.sleep(0.5), range(50), client, progress=nobody_is_left)
        with pytest.raises(CampaignError, match="has no workers"):
            cluster_module.cores(client)


def test_a_check_that_ends_every_worker_is_an_error(near: Near, workers: Client) -> None:
    with pytest.raises(CampaignError, match="ended every worker"):
        try_seeds(near, lambda _near, _seed: os.kill(os.getpid(), signal.SIGKILL), [1], workers)
