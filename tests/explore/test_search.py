"""The search finds every order that differs for some account, once each: compared with all orders, one by one."""

from __future__ import annotations

from typing import Any

import pytest
from explore.all_orders import Watcher, every_order, seen_by_accounts

from near_harness import NEAR, Account, Contract, Near
from near_harness.explore.moves import Moves
from near_harness.explore.outcomes import Outcomes
from near_harness.explore.search import Counts, Search


async def searched(near: Near, calls: Any, order: Any) -> tuple[Watcher, Counts, Moves]:
    scene, _ = await near._scene(calls)
    moves = Moves(scene, order)
    watcher = Watcher(Outcomes(scene.base, moves.places))
    return watcher, Search(moves, watcher).run(moves.start()), moves


def compare(watcher: Watcher, moves: Moves) -> int:
    """Compare with all orders; their number."""
    outcomes = Outcomes(moves.scene.base, moves.places)
    ends = [(outcomes.of(position.world), seen_by_accounts(path)) for position, path in every_order(moves)]
    assert {order for _, order in ends} == watcher.orders
    assert {outcome for outcome, _ in ends} == watcher.outcomes
    return len(ends)


@pytest.mark.parametrize("case", [(2, "fifo", 4, 10), (2, "any", 10, 20), (3, "fifo", 30, 252), (3, "any", 342, 1_680)])
async def test_calls_with_callbacks(near: Near, bank: Contract, pool: Contract, case: tuple[int, str, int, int]) -> None:
    flows, order, differ, in_all = case
    users = [await near.create_account() for _ in range(flows)]
    calls = [bank.staked_with(pool=pool, account=user).by(user) for user in users]
    watcher, counts, moves = await searched(near, calls, order)
    assert counts.complete
    assert counts.orders == len(watcher.orders) == differ
    assert counts.blocked == 0
    assert compare(watcher, moves) == in_all


async def test_four_calls_with_callbacks(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    users = [await near.create_account() for _ in range(4)]
    _, counts, _ = await searched(near, [bank.staked_with(pool=pool, account=alice).by(user) for user in users], "fifo")
    assert counts.complete
    assert counts.orders == 336


@pytest.mark.parametrize("order", ["fifo", "any"])
async def test_trees_that_depend_on_the_order(near: Near, bank: Contract, pool: Contract, alice: Account, order: str) -> None:
    """Whether the withdrawal pays anything depends on what has run before it, and so do the receipts that there are."""
    stake = bank.deposit_and_stake_racy(pool=pool).attach(NEAR(1)).gas("150 Tgas")
    calls = [stake.by(alice), bank.withdraw().by(alice), pool.set_paused(paused=True).by(pool.account)]
    watcher, counts, moves = await searched(near, calls, order)
    assert counts.complete
    compare(watcher, moves)


async def test_an_actor_does_one_thing_after_the_other(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    stake = bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(1)).gas("150 Tgas")
    bob = await near.create_account("bob")
    actors = [[stake, bank.withdraw().by(alice)], [bank.staked_with(pool, bob).by(bob)]]
    watcher, counts, moves = await searched(near, actors, "fifo")
    assert counts.complete
    compare(watcher, moves)
    for order in watcher.orders:
        at_bank = dict(order)[bank.id]
        assert at_bank.index("w0.0.cb") < at_bank.index("w1")
