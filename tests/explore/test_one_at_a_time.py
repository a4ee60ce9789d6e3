"""What may come of transactions that run one at a time, and how an outcome is told from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from near_harness import NEAR, Account, Contract, Near, transactions
from near_harness.explore import serial as serial_module
from near_harness.explore.errors import ExplorationFailed
from near_harness.explore.moves import Move, Moves, Position
from near_harness.explore.oracles import Serialisable
from near_harness.explore.outcomes import Outcomes, held
from near_harness.explore.scene import Scene
from near_harness.explore.serial import Serial, run_first_in_first_out
from near_harness.transactions import Call

NOBODY: frozenset[str] = frozenset()


def one_at_a_time(scene: Scene) -> tuple[Serial, Outcomes]:
    """What a scene's transactions give one at a time, every account of them known."""
    moves = Moves(scene)
    run_first_in_first_out(moves, moves.start())
    outcomes = Outcomes(scene.base, moves.places)
    return Serial(scene, outcomes, moves.places, "fifo", {}), outcomes


def end_of(scene: Scene) -> Any:
    """The world in the end, everything first in, first out."""
    moves = Moves(scene)
    return run_first_in_first_out(moves, moves.start())[0].world


@pytest.fixture
def pausing(pool: Contract) -> list[Call]:
    return [pool.set_paused(paused=paused).by(pool.account) for paused in (True, False)]


async def test_an_actor_keeps_to_its_own_order(near: Near, pausing: list[Call]) -> None:
    pause, resume = pausing
    paused = end_of((await near._scene([[resume, pause]]))[0])
    alone, outcomes = one_at_a_time((await near._scene([[pause, resume]]))[0])
    assert not alone.allows(outcomes.of(paused), NOBODY)
    assert not alone.allows_reordered(outcomes.of(paused), NOBODY)
    two, outcomes = one_at_a_time((await near._scene([pause, resume]))[0])
    assert two.allows(outcomes.of(paused), NOBODY)
    assert two.allows_reordered(outcomes.of(paused), NOBODY)


async def test_an_actor_keeps_to_its_own_order_in_what_is_shown(near: Near, pausing: list[Call], bank: Contract) -> None:
    scene, _ = await near._scene([pausing, [bank.withdraw().by(bank.account)]])
    serial, _ = one_at_a_time(scene)
    shown = ["".join(move.name for move in path if move.is_root) for _, path in serial.paths()]
    assert shown == ["w0w1w2", "w0w2w1", "w2w0w1"]


async def test_more_orders_than_anybody_can_try_are_compared_where_they_meet(
    near: Near, contracts: Path, alice: Account, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[Position] = []

    def counted(moves: Moves, position: Position) -> tuple[Position, list[Move]]:
        runs.append(position)
        return run_first_in_first_out(moves, position)

    monkeypatch.setattr(serial_module, "run_first_in_first_out", counted)
    counter = await near.deploy(contracts / "callback_results.wasm", "counter")
    await counter.count().by(alice)  # who is the first pays for more
    scene, _ = await near._scene([counter.count().by(who) for who in (alice, bob) for _ in range(4)])  # 40,320 orders
    serial, outcomes = one_at_a_time(scene)
    assert serial.allows(outcomes.of(end_of(scene)), NOBODY)
    assert not serial.allows(outcomes.of(scene.base), NOBODY)
    assert not serial.cut_short
    assert len(runs) == 8 * 2**7, "from each set of those that have run, each of the others once"


async def _racing(bank: Contract, pool: Contract, alice: Account) -> list[Call]:
    await pool.set_paused(paused=True).by(pool.account)
    stake = bank.deposit_and_stake_racy(pool=pool).by(alice).attach(NEAR(10)).gas("150 Tgas")
    return [stake, bank.withdraw().by(alice)]


async def test_what_cannot_be_compared_with_all_of_them_is_not_decided(
    near: Near, bank: Contract, pool: Contract, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = await _racing(bank, pool, alice)
    monkeypatch.setattr(serial_module, "MOST_STATES", 2)  # of the four that there are
    report = await near.explore(calls)
    assert (report.findings, report.exhaustive, report.safe) == ((), False, False)
    assert report.summary.endswith("nothing found; too many one-at-a-time orders to judge by")
    with pytest.raises(ExplorationFailed, match=r"to judge by, which proves nothing: .*explore fewer calls at once"):
        report.assert_safe()
    report.assert_safe(sampled=True)


async def test_what_is_among_those_that_were_tried_is_decided(
    near: Near, pausing: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_module, "MOST_STATES", 2)
    report = await near.explore([pausing[1], pausing[1]])
    assert report.exhaustive
    report.assert_safe()


async def test_a_bound_that_is_met_exactly_cuts_nothing_short(
    near: Near, pausing: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_module, "MOST_STATES", 4)
    serial, outcomes = one_at_a_time((await near._scene(pausing))[0])
    assert not serial.allows("nothing", NOBODY)
    assert not serial.cut_short
    monkeypatch.setattr(serial_module, "MOST_STATES", 3)
    serial = Serial((await near._scene(pausing))[0], outcomes, {"pool.sandbox"}, "fifo", {})
    assert not serial.allows("nothing", NOBODY)
    assert serial.cut_short


class _Nothing:
    """The one-at-a-time orders of no transactions: everything is as it was at the beginning."""

    cut_short = False

    def __init__(self, base: Any) -> None:
        self._base = base

    def allows(self, *_: object) -> bool:
        return False

    allows_reordered = allows

    def paths(self, *_: object) -> list[tuple[Position, list[Any]]]:
        return [(Position(self._base, ()), [])]

    paths_without = paths


async def test_locked_money_and_code_are_part_of_what_comes_of_it(near: Near, contracts: Path, bob: Account) -> None:
    staker = await near.create_account("staker", NEAR(5000))
    code = (contracts / "bank.wasm").read_bytes()
    stake = transactions.stake(NEAR(2000), staker.key.public_key)
    scene, _ = await near._scene([staker.batch(staker, stake), bob.batch(bob, transactions.deploy(code))])
    end = end_of(scene)
    assert held(scene.base, staker.id) == (NEAR(5000), 0, None, held(end, staker.id)[3])  # type: ignore[index]
    assert held(end, staker.id)[:3] == (NEAR(3000), NEAR(2000), None)  # type: ignore[index]
    outcomes = Outcomes(scene.base, [staker.id, bob.id])
    assert [place for place, _ in outcomes.changes(end)] == [bob.id, staker.id]

    said = Serialisable(cast("Serial", _Nothing(scene.base)), outcomes).at_rest(Position(end, ()), [])
    assert said is not None
    mine, stakers = said.splitlines()[1:]
    assert mine == f"  {bob.id}: has other code ({held(end, bob.id)[2]})"  # type: ignore[index]
    assert stakers == (
        f"  {staker.id}: holds -2000 NEAR against the nearest one-at-a-time order (gas left out), has +2000 NEAR locked"
    )


async def test_an_account_that_is_made_or_not_is_part_of_what_comes_of_it(near: Near, bob: Account) -> None:
    made = [transactions.create_account(), transactions.transfer(NEAR(1))]
    scene, _ = await near._scene([bob.batch("new.bob.sandbox", *made)])
    end, outcomes = end_of(scene), Outcomes(scene.base, ["new.bob.sandbox"])
    for before, after, there in ((scene.base, end, True), (end, scene.base, False)):
        outcomes = Outcomes(scene.base, ["new.bob.sandbox"])
        said = Serialisable(cast("Serial", _Nothing(before)), outcomes).at_rest(Position(after, ()), [])
        exists = ("exists", "does not") if there else ("does not exist", "does")
        wanted = f"new.bob.sandbox: {exists[0]}; in the nearest one-at-a-time order it {exists[1]}"
        assert said is not None
        assert said.splitlines()[1:] == [f"  {wanted}"]


async def test_another_order_of_the_entries_of_a_set_is_the_same(near: Near, bank: Contract, bob: Account) -> None:
    def entries(first: bytes, second: bytes) -> dict[str | bytes, str | bytes]:
        one = b"\x01" + bytes(7)
        return {b"e" + bytes(8): first, b"e" + one: second, b"i" + first: bytes(8), b"i" + second: one}

    worlds = []
    for state in (entries(b"one", b"two"), entries(b"two", b"one"), {**entries(b"two", b"one"), b"i2": b"1"}):
        with near.anchor("worlds"):
            await near.set_storage(bank, state)
            scene, _ = await near._scene([bob.batch(bob, transactions.transfer(NEAR(1)))])
            worlds.append(scene.base)
    first, reordered, different = worlds
    outcomes = Outcomes(first, [bank.id])
    judge = Serialisable(cast("Serial", _Nothing(first)), outcomes)
    assert outcomes.of(first) != outcomes.of(reordered)
    assert judge.at_rest(Position(reordered, ()), []) is None
    assert judge.at_rest(Position(different, ()), []) is not None
