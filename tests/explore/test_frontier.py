"""A search in parts finds what one search finds, each order in one part."""

from __future__ import annotations

import pickle

import pytest
from explore.all_orders import Watcher

from near_harness import Contract, Near
from near_harness.errors import BadInput
from near_harness.explore.frontier import frontier, scene_of
from near_harness.explore.moves import Moves, Order
from near_harness.explore.outcomes import Outcomes
from near_harness.explore.search import Search


@pytest.mark.parametrize("case", [("fifo", 30), ("any", 342)])
@pytest.mark.parametrize("parts", [1, 2, 7, 100])
async def test_the_parts_are_the_whole(near: Near, bank: Contract, pool: Contract, case: tuple[Order, int], parts: int) -> None:
    order, orders = case
    users = [await near.create_account() for _ in range(3)]
    scene, _ = await near._scene([bank.staked_with(pool=pool, account=user).by(user) for user in users])
    moves = Moves(scene, order)
    found = frontier(moves, parts)
    assert len(found) >= min(parts, orders)
    watcher = Watcher(Outcomes(scene.base, moves.places))
    explored = 0
    for part in pickle.loads(pickle.dumps(found)):  # noqa: S301 - its own
        counts = Search(moves, watcher).run(moves.start(), part)
        assert counts.complete
        explored += counts.orders
    assert explored == len(watcher.orders) == orders


async def test_a_scene_in_another_process(near: Near, bank: Contract, pool: Contract) -> None:
    users = [await near.create_account() for _ in range(2)]
    scene, _ = await near._scene([bank.staked_with(pool=pool, account=user).by(user) for user in users])
    roots = pickle.loads(pickle.dumps(scene.roots))  # noqa: S301 - its own
    again = scene_of(near.dump(), roots, near.node.protocol_version)
    assert again.world.root == scene.world.root
    moves = Moves(again)
    assert Search(moves, Watcher(Outcomes(again.base, moves.places))).run(moves.start()).orders == 4
    with pytest.raises(BadInput):
        scene_of(b"nothing", roots, near.node.protocol_version)
