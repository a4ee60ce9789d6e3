"""Receipts are matched by every criterion; a wrong expectation says which receipts come nearest and what differs in each."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from recorded import answer

from near_harness.errors import BadInput
from near_harness.expectations import ExpectationFailed, expect
from near_harness.outcome import Outcome, parse_outcome
from near_harness.outcome.bounds import at_least, at_most, between
from near_harness.outcome.criteria import CRITERIA
from near_harness.outcome.failures import ContractPanic, GasExceeded
from near_harness.outcome.matching import Pattern as Criteria
from near_harness.outcome.matching import in_order, ran_after
from near_harness.outcome.receipt import Action
from near_harness.units import NEAR, TGas


@pytest.fixture
def failing() -> Outcome:
    """The pool panics, and so does the callback: the deposit stays in the bank."""
    return parse_outcome(answer("credited in the callback: the pool panics"))


@pytest.fixture
def credited() -> Outcome:
    """The stake succeeds, and the callback credits alice."""
    return parse_outcome(answer("credited in the callback: the pool accepts"))


def _check(outcome: Outcome, holds: dict[str, Any], fails: dict[str, Any]) -> None:
    expect(outcome).contains(**holds)
    with pytest.raises(ExpectationFailed, match="expected no receipt with"):
        expect(outcome).contains_no(**holds)
    expect(outcome).contains_no(**fails)
    with pytest.raises(ExpectationFailed, match="there is none"):
        expect(outcome).contains(**fails)


@pytest.mark.parametrize(
    ("holds", "fails"),
    [
        ({"receiver": "pool.sandbox"}, {"receiver": "nobody.sandbox"}),
        ({"predecessor": "system"}, {"predecessor": "carol.sandbox"}),
        ({"signer": "alice.sandbox"}, {"signer": "carol.sandbox"}),
        ({"method": "boom"}, {"method": "bloom"}),
        ({"action": "Transfer"}, {"action": "Stake"}),
        ({"kind": "callback", "method": "on_result"}, {"kind": "call", "method": "on_result"}),
        ({"kind": "refund", "refund": "deposit"}, {"refund": "deletion"}),
        ({"receiver": "pool.sandbox", "status": "failed"}, {"receiver": "pool.sandbox", "status": "succeeded"}),
        ({"failure": ContractPanic}, {"failure": GasExceeded}),
        ({"failure": "WasmTrap"}, {"failure": "MethodNotFound"}),
        ({"panic": "boo"}, {"panic": "unreachable"}),  # a trap is no panic
        ({"panic": re.compile("^bo+m$")}, {"panic": re.compile("^oo")}),
        ({"message": "unreachable"}, {"message": "paused"}),
        ({"deposit": "10 NEAR", "kind": "call"}, {"deposit": NEAR(11)}),
        ({"deposit": between("9 NEAR", "10 NEAR")}, {"deposit": at_least("11 NEAR")}),
        ({"deposit": between("10 NEAR", "11 NEAR")}, {"deposit": between("10.1 NEAR", "11 NEAR")}),
        ({"deposit": lambda amount: amount > NEAR(9)}, {"deposit": lambda amount: amount > NEAR(99)}),
        ({"gas": at_least("10 Tgas")}, {"gas": at_least("999 Tgas")}),
        ({"gas_burnt": at_most(TGas(1))}, {"gas_burnt": TGas(3)}),
        ({"data_to": "bank.sandbox"}, {"data_to": "pool.sandbox"}),
    ],
    ids="-".join,
)
def test_every_criterion_holds_and_fails(failing: Outcome, holds: dict[str, Any], fails: dict[str, Any]) -> None:
    _check(failing, holds, fails)


def test_values_arguments_logs_and_events(credited: Outcome) -> None:
    root = credited.receipts[0]
    stake = credited.receipt("pool.sandbox")
    stake.logs = ('EVENT_JSON:{"standard":"s","version":"1","event":"staked","data":{"amount":"5","who":"x"}}', "hello world")
    stake.value = b'{"staked": 5}'
    root.refund_to = "carol.sandbox"
    _check(credited, {"value": {"staked": 5}}, {"value": {"staked": 6}})
    _check(credited, {"value": b'{"staked": 5}'}, {"value": b"5"})
    _check(credited, {"log": "hello"}, {"log": "goodbye"})
    _check(credited, {"log": ["hello", re.compile("w.rld$")]}, {"log": ["hello", "goodbye"]})
    _check(credited, {"event": "staked"}, {"event": "unstaked"})
    _check(
        credited, {"event": {"standard": "s", "data": {"amount": "5"}}}, {"event": {"event": "staked", "data": {"amount": "6"}}}
    )
    _check(credited, {"refund_to": "carol.sandbox"}, {"refund_to": "alice.sandbox"})
    _check(credited, {"args": root.actions[0].args}, {"args": b"nothing like it"})
    root.actions = (dataclasses.replace(root.actions[0], args=b'{"pool": "pool.sandbox", "more": [1]}'),)
    _check(credited, {"args": {"pool": "pool.sandbox"}}, {"args": {"pool": "other.sandbox"}})
    callback = next(receipt for receipt in credited.receipts if receipt.callback_of)
    _check(credited, {"callback_of": callback.callback_of[0]}, {"callback_of": callback})


def test_a_transfer_is_that_and_nothing_more(credited: Outcome) -> None:
    receipt = credited.receipts[0]
    receipt.actions = (Action("Transfer"), Action("Transfer"))
    expect(credited).contains(kind="transfer", receiver=receipt.receiver)
    receipt.actions = (Action("CreateAccount"), Action("Transfer"))
    expect(credited).contains(kind="actions", receiver=receipt.receiver).contains_no(kind="transfer")


def test_all_criteria_are_documented_and_tested() -> None:
    import near_harness.outcome.criteria as documented

    described = re.findall(r"^(\w+)  +\S", (documented.__doc__ or "").split("=\n", 1)[1], re.MULTILINE)
    assert [name for name in described if name != "criterion"] == list(CRITERIA)


def test_what_comes_nearest_is_shown_with_what_differs(failing: Outcome) -> None:
    with pytest.raises(ExpectationFailed) as failed:
        expect(failing).contains(receiver="pool.sandbox", method="boom", status="succeeded", deposit="11 NEAR")
    lines = str(failed.value).splitlines()
    assert lines[0] == (
        "expected a receipt with receiver pool.sandbox, method boom, status succeeded, deposit 11 NEAR; there is none"
    )
    assert lines[1] == (
        "  nearest: bank.sandbox -> pool.sandbox.boom: status is failed, not succeeded; deposit is 10 NEAR, not 11 NEAR"
    )
    assert [line for line in lines if "==>" in line] == [line for line in lines if "pool.sandbox: boom()" in line]


def test_how_many(failing: Outcome) -> None:
    expect(failing).contains(status="failed", count=2).contains(status="failed", count=at_least(1))
    for count in (1, 3):
        with pytest.raises(ExpectationFailed, match=f"expected exactly {count} receipts with status failed; there are 2"):
            expect(failing).contains(status="failed", count=count)
    with pytest.raises(ExpectationFailed, match="expected at least 3 receipts with status failed; there are 2"):
        expect(failing).contains(status="failed", count=at_least(3))
    expect(failing).contains(method="nothing", count=0).contains(status="failed", count=between(2, 2))


@pytest.mark.parametrize(
    ("criteria", "text"),
    [
        ({"reciever": "x"}, "unknown criterion 'reciever'; did you mean receiver"),
        ({}, "say which receipt is meant"),
        ({"kind": "data"}, "data receipts have no outcome: ask for data_to"),
        ({"kind": "cal"}, "'cal' is none of call, callback"),
        ({"status": "ok"}, "'ok' is none of succeeded, failed"),
        ({"failure": ValueError}, "neither a class of failures nor a name"),
        ({"failure": "GasExceded"}, "'GasExceded' is no name of a failure: did you mean GasExceeded"),
        ({"failure": "panic"}, "did you mean ContractPanic?"),
        ({"failure": "qqq"}, "near-harness explain --list"),
        ({"panic": 5}, "5 is neither text nor a compiled regular expression"),
        ({"deposit": 5}, "5 has no unit"),
        ({"gas": "5 NEAR"}, "cannot be read"),
        ({"event": {"name": "x"}}, "an event is its name, or a dict with standard"),
        ({"callback_of": "x"}, "'x' is no receipt"),
        ({"receiver": 5}, "5"),
        ({"method": None}, "None is no name"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(failing: Outcome, criteria: dict[str, Any], text: str) -> None:
    with pytest.raises(BadInput, match=re.escape(text)):
        expect(failing).contains(**criteria)
    with pytest.raises(BadInput, match=re.escape(text)):
        expect(failing).contains_no(**criteria)


def test_find_and_receipt_take_criteria(failing: Outcome) -> None:
    pool = failing.receipt("pool.sandbox")
    assert failing.find(status="failed", panic="boom") == (pool,)
    assert failing.receipt(status="failed", method="boom") is pool
    assert {r.refund is not None for r in failing.find(kind="refund")} == {True}
    assert not [r for r in failing.find() if r.refund]
    with pytest.raises(LookupError, match=r"no receipt for pool\.sandbox, status 'succeeded'"):
        failing.receipt("pool.sandbox", status="succeeded")


def test_order_in_time(failing: Outcome) -> None:
    root, pool, callback = failing.receipts[0], failing.receipt("pool.sandbox"), failing.receipt("bank.sandbox", "on_result")
    for receipt, block in ((root, "b1"), (pool, "b2"), (callback, "b2")):
        receipt.block_hash = block
    heights = {"b1": 1, "b2": 2}
    assert ran_after(pool, root, heights)
    assert not ran_after(root, pool, heights)
    assert ran_after(callback, pool, heights)  # in the same block, but it reads the result
    assert not ran_after(pool, callback, heights)
    assert not ran_after(pool, pool, heights)
    there, back = Criteria({"method": "boom"}), Criteria({"method": "on_result"})
    assert in_order([there, back], [root, pool, callback], heights) == ([pool, callback], None)
    assert in_order([back, there], [root, pool, callback], heights) == ([callback], there)
    at_bank = Criteria({"receiver": "bank.sandbox"})  # the earliest leaves most to those that follow
    assert in_order([at_bank, there], [callback, root, pool], heights) == ([root, pool], None)
    assert not pool.seen
    in_order([Criteria({"method": "boom", "status": "failed"}), back], [root, pool, callback], heights)
    assert pool.seen and not callback.seen


def test_only_who_asks_what_came_of_a_receipt_has_looked_at_it(failing: Outcome) -> None:
    def unseen() -> list[str | None]:
        return [receipt.method for receipt in failing.unseen_failures]

    failing.find("pool.sandbox")
    expect(failing).contains(receiver="pool.sandbox", deposit="10 NEAR").contains_no(status="failed", panic="other")
    str(failing), repr(failing)
    assert unseen() == ["boom", "on_result"]
    expect(failing).contains(method="boom", status="failed")
    assert unseen() == ["on_result"]
    assert failing.receipt("bank.sandbox", "on_result").failed
    assert unseen() == []


def test_a_refund_that_is_expected_explains_the_failure(failing: Outcome) -> None:
    expect(failing).refunded(NEAR(10), to="bank.sandbox")
    assert failing.receipt("pool.sandbox").seen
