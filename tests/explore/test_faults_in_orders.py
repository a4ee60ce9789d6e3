"""Receipts that go wrong, and strangers that act in between."""

from __future__ import annotations

import pytest

from near_harness import NEAR, Account, Amount, Contract, Near
from near_harness.errors import BadInput
from near_harness.explore.faults import fail_any_receipt_at, from_word, word
from near_harness.explore.moves import Moves
from near_harness.explore.serial import run_first_in_first_out
from near_harness.puppets.faults import ACCOUNT_MISSING, CODE_MISSING, FAULTS, METHOD_MISSING, PANIC, Fault, calls_back_in
from near_harness.transactions import Call


def deposit(bank: Contract, pool: Contract, user: Account, how: str) -> Call:
    return bank.call(how, pool=pool).by(user).attach(NEAR(10)).gas("150 Tgas")


@pytest.mark.parametrize("fault", FAULTS, ids=word)
async def test_a_fault_holds_for_one_receipt(near: Near, bank: Contract, pool: Contract, alice: Account, fault: Fault) -> None:
    scene, _ = await near._scene([deposit(bank, pool, alice, "deposit_and_stake")])
    moves = Moves(scene, "fifo", {"w0.0": fault})
    before = scene.world.account(pool.id)
    position = moves.start()
    for name in ("w0", "w0.0"):
        position, step = moves.play(position, moves.find(position, name))
    assert step.succeeded is not fault.fails
    after = position.world.account(pool.id)
    assert after[3] == before[3], "the pool has its own code again"
    assert after[5] == before[5], "and its books"
    end, _ = run_first_in_first_out(moves, position)
    assert end.world.view(pool.id, "get_account_staked_balance", b'{"account_id":"bank.sandbox"}')[0] == b'"0"'
    spent = Amount(scene.base.account(alice.id)[0] - end.world.account(alice.id)[0])
    kept = Amount(end.world.account(pool.id)[0] - before[0])
    assert (spent > NEAR(9)) is not fault.fails, "the bank gives a failed deposit back"
    assert (kept > NEAR(9)) is not fault.fails


async def test_a_race_that_needs_a_failure(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    """The pool works: only where its receipt is made to fail something is wrong, and only in some orders."""
    calls = [deposit(bank, pool, alice, "deposit_and_stake_racy"), bank.withdraw().by(alice)]
    (await near.explore(calls)).assert_safe()
    for faults in (1, fail_any_receipt_at(pool), fail_any_receipt_at(kinds=[METHOD_MISSING])):
        report = await near.explore(calls, faults=faults)
        assert "no one-at-a-time order" in report.findings[0].text
        assert report.findings[0].schedule.startswith("near-schedule v1 fifo w0 w1 w0.0!")
    right = [deposit(bank, pool, alice, "deposit_and_stake"), bank.withdraw().by(alice)]
    report = await near.explore(right, faults=2, max_seconds=60)
    report.assert_safe()
    assert len([part for part in report.parts if part.name == "fault"]) > 10


async def test_what_is_missing(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    """The bank handles a user that is gone when the money comes."""
    calls = [[deposit(bank, pool, alice, "deposit_and_stake"), bank.withdraw().by(alice)]]
    report = await near.explore(
        calls,
        faults=fail_any_receipt_at(alice, pool, kinds=[ACCOUNT_MISSING, CODE_MISSING]),
        sometimes={
            "has it back": lambda chain: chain.amount(bank.credit_of(alice)) == NEAR(10) and not chain.view(pool, "is_paused")
        }
        if "is_paused" in (pool.interface.methods or {})
        else {"has it back": lambda chain: chain.amount(bank.credit_of(alice)) == NEAR(10)},
    )
    report.assert_safe()


async def test_a_callee_that_calls_back_in(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    calls = [deposit(bank, pool, alice, "deposit_and_stake")]
    report = await near.explore(calls, faults=fail_any_receipt_at(pool, kinds=[calls_back_in("withdraw")]))
    report.assert_safe()
    assert any(part.name == "fault" and part.exhaustive for part in report.parts)


async def test_a_stranger_acts_in_between(near: Near, bank: Contract, pool: Contract, alice: Account, bob: Account) -> None:
    own = await near.balance(bank)
    report = await near.explore(
        [deposit(bank, pool, alice, "deposit_and_stake")],
        stranger=bob,
        invariant=lambda chain: (
            chain.money(bank) + chain.amount(pool.get_account_staked_balance(account_id=bank))
            >= own + chain.amount(bank.total_credit())
        ),
    )
    (finding,) = report.findings
    assert "deposit_and_stake_wrong" in finding.transactions[0]
    assert "by bob.sandbox" in finding.transactions[0]
    assert "times a stranger's call in between" in report.summary


async def test_names_of_faults() -> None:
    for fault in FAULTS:
        assert from_word(word(fault)) == fault
    assert from_word("calls_back_in:withdraw") == calls_back_in("withdraw")
    with pytest.raises(BadInput, match="no fault is called 'lightning'"):
        from_word("lightning")
    with pytest.raises(BadInput, match="leave nothing to go wrong"):
        fail_any_receipt_at(most=0)
    assert fail_any_receipt_at(kinds=[PANIC]).kinds == (PANIC,)
