"""What runs in a world is what runs on the chain; yields, joint promises and deposits come to their ends."""

from __future__ import annotations

from pathlib import Path

from audit import hand_written
from explore.all_orders import Watcher, every_order, seen_by_accounts

from near_harness import NEAR, Account, Contract, Near
from near_harness.explore.moves import Moves
from near_harness.explore.outcomes import Outcomes
from near_harness.explore.scene import Scene
from near_harness.explore.search import Search
from near_harness.explore.serial import run_first_in_first_out
from near_harness.transactions import Call


async def test_first_in_first_out_is_what_the_chain_does(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    call = bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas("150 Tgas")
    for paused in (False, True):
        await pool.set_paused(paused=paused).by(pool.account)
        scene, _ = await near._scene([call])
        moves = Moves(scene)
        end, _ = run_first_in_first_out(moves, moves.start())
        await call.attempt()
        real, _ = await near._scene([call])
        for account in (alice.id, bank.id, pool.id):
            here, there = end.world.account(account), real.base.account(account)
            assert here[1:4] == there[1:4]
            assert here[5] == there[5], "the same data"
            assert abs(here[0] - there[0]) < NEAR("0.000001"), "and money, but for what the shape of the state costs"
            assert dict(end.world.data(account)) == dict(real.base.data(account))


async def test_money_without_gas_is_exact(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    report = await near.explore(
        [[bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas("150 Tgas")], [bank.withdraw().by(alice)]],
        invariant=lambda chain: (
            chain.money(alice) in (NEAR(90), NEAR(100))
            and chain.money(alice) + chain.money(bank) + chain.money(pool) == NEAR(300)
            and 0 < chain.balance(bank) - chain.money(bank) < NEAR("0.01")
        ),
        faults=1,
        serialisable=False,
        order="any",
    )
    # With some faults the pool keeps what it does not book: all of them give the deposit to somebody.
    report.assert_safe()


async def test_results_that_are_waited_for_together(near: Near, contracts: Path, alice: Account) -> None:
    shops = [await near.deploy(contracts / "clerk.wasm", name) for name in ("tea", "coffee")]
    for number, shop in enumerate(shops, 3):
        await shop.set_price(price=NEAR(number)).by(shop.account)
    arguments = {"shops": [shop.id for shop in shops]}
    agent = await near.deploy(contracts / "quotes_good.wasm", "agent", init="new", args=arguments)
    buy = agent.buy(item="pot").by(alice).attach(NEAR(5)).gas("200 Tgas")
    scene, _ = await near._scene([buy, shops[0].set_price(price=NEAR(4)).by(shops[0].account)])
    assert_nothing_is_left_out(scene)


async def test_a_yield_that_nobody_resumes(near: Near, bank: Contract, alice: Account) -> None:
    pool = await near.puppet("pool")
    pool.on("deposit_and_stake").waits()
    call = bank.deposit_and_stake(pool=pool.id).by(alice).attach(NEAR(10)).gas("150 Tgas")
    waiting = await near.explore([call], invariant=lambda chain: chain.money(alice) == NEAR(90))
    waiting.assert_safe()
    ended = await near.explore(
        [call], time_outs=True, sometimes={"an end": lambda chain: chain.money(alice) == NEAR(100)}, serialisable=False
    )
    assert ended.receipts > waiting.receipts
    assert any(name.endswith(".timeout") for name in await names_of(near, call))


async def test_a_transaction_that_waits_in_a_yield_lets_others_run(
    near: Near, contracts: Path, alice: Account, bob: Account
) -> None:
    workshop = await near.deploy(contracts / "workshop.wasm", "workshop")
    calls = [workshop.ask(question="q").by(alice).attach(NEAR(1)), workshop.answer(question="q", text="a").by(bob)]
    for order in ("fifo", "any"):
        seen = {
            "an answer": lambda chain: chain.money(bob) == NEAR(101),
            "none": lambda chain: chain.money(alice) == NEAR(100),
        }
        report = await near.explore(calls, time_outs=True, order=order, sometimes=seen)
        assert (report.summary.split(",")[0], report.findings) == (f"explored 4/4 receipt orders ({order}", ())
        report.assert_safe()


async def test_an_end_of_a_yield_within_another_transaction_is_found(near: Near, alice: Account, bob: Account) -> None:
    for good in (True, False):
        contract = await near.deploy(hand_written.questions(good=good), f"good_{good}".lower())
        calls = [contract.call("ask").by(alice), contract.call("answer").by(bob)]
        report = await near.explore(calls, time_outs=True)
        assert [one.oracle for one in report.findings] == ([] if good else ["serialisable"]), str(report)
    (finding,) = report.findings
    assert finding.schedule == "near-schedule v1 fifo w0 w1 w0.0.timeout w1.0 w1.0.cb"
    assert finding.good is not None
    assert finding.good.schedule == "near-schedule v1 fifo w0 w0.0.timeout w1"


async def test_ends_of_yields_come_in_every_order(near: Near, contracts: Path, alice: Account, bob: Account) -> None:
    workshop = await near.deploy(contracts / "workshop.wasm", "workshop")
    asked = [workshop.ask(question=name).by(alice).attach(NEAR(1)) for name in "pq"]
    scene, _ = await near._scene([*asked, workshop.answer(question="q", text="a").by(bob)], time_outs=True)
    assert_nothing_is_left_out(scene)


def assert_nothing_is_left_out(scene: Scene) -> None:
    """See that the search finds what comes of all orders, run one by one."""
    for order in ("fifo", "any"):
        moves = Moves(scene, order)
        outcomes = Outcomes(scene.base, moves.places)
        watcher = Watcher(outcomes)
        assert Search(moves, watcher).run(moves.start()).complete
        ends = [(outcomes.of(position.world), seen_by_accounts(path)) for position, path in every_order(moves)]
        assert {seen for _, seen in ends} == watcher.orders
        assert {outcome for outcome, _ in ends} == watcher.outcomes


async def names_of(near: Near, call: Call) -> list[str]:
    """The receipts of a call, first in, first out, with ends of yields."""
    scene, _ = await near._scene([call], time_outs=True)
    moves = Moves(scene)
    return [move.name for move in run_first_in_first_out(moves, moves.start())[1]]
