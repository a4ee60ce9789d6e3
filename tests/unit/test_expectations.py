"""Expectations hold or fail on recorded trees; one that fails shows the tree and points at what comes nearest."""

from __future__ import annotations

from typing import Any

import pytest
from recorded import answer

from near_harness.errors import BadInput
from near_harness.expectations import ExpectationFailed, expect, expected_failure
from near_harness.outcome import Outcome, parse_outcome
from near_harness.outcome.failures import ContractPanic, GasExceeded, NotEnoughBalance, WasmTrap, parse_failure
from near_harness.units import NEAR


@pytest.fixture
def failing() -> Outcome:
    """The pool panics, and so does the callback: the deposit stays in the bank."""
    return parse_outcome(answer("credited in the callback: the pool panics"))


@pytest.fixture
def withdrawal() -> Outcome:
    """The bank pays alice 10 NEAR."""
    return parse_outcome(answer("withdraws the credit"))


def test_success_and_failure(failing: Outcome, withdrawal: Outcome) -> None:
    expect(withdrawal).succeeded()
    expect(failing).failed().failed(WasmTrap).failed("WasmTrap").failed("FunctionCallError").failed(text="unreachable")
    expect(failing.receipt("pool.sandbox")).failed(ContractPanic, "boom").panicked("boo").rolled_back()


def test_a_success_that_fails_shows_the_tree_with_an_arrow(failing: Outcome) -> None:
    with pytest.raises(ExpectationFailed, match="expected the transaction to succeed, but it failed: WasmTrap") as failed:
        expect(failing).succeeded()
    arrows = [line for line in str(failed.value).splitlines() if "==>" in line]
    assert len(arrows) == 2
    assert "pool.sandbox: boom()" in arrows[0]


def test_another_failure_than_expected(failing: Outcome) -> None:
    with pytest.raises(ExpectationFailed, match="expected GasExceeded of the transaction, but it failed otherwise: WasmTrap"):
        expect(failing).failed(GasExceeded)
    with pytest.raises(
        ExpectationFailed, match=r"expected ContractPanic with 'paused' of receipt .*, but it says: ContractPanic: boom"
    ):
        expect(failing.receipt("pool.sandbox")).panicked("paused")


@pytest.mark.parametrize("kind", ["NoSuchKind", "gasExceeded", "", ValueError, (WasmTrap, GasExceeded), 5])
def test_a_kind_of_failure_that_there_is_not(failing: Outcome, withdrawal: Outcome, kind: Any) -> None:
    for expected in (expect(failing).failed, expect(withdrawal).failed, expect(failing.receipts[0]).failed):
        with pytest.raises(BadInput, match=r"is no name of a failure|neither a class of failures nor a name"):
            expected(kind)
    for at in (None, "pool.sandbox"):
        with pytest.raises(BadInput, match=r"is no name of a failure|neither a class of failures nor a name"):
            expected_failure(failing, kind, "", at=at)


def test_a_kind_of_failure_that_only_a_newer_node_knows(failing: Outcome) -> None:
    with pytest.raises(BadInput, match="'OfTomorrow' is no name of a failure"):
        expect(failing).failed("OfTomorrow")
    refused = parse_failure({"InvalidTxError": {"OfTomorrow": {"new": 1}}})
    assert expected_failure(refused, "OfTomorrow", "new 1") is refused
    with pytest.raises(ExpectationFailed, match="expected OfTomorrow of the transaction, but it failed otherwise"):
        expect(failing).failed("OfTomorrow")


def test_a_failure_that_did_not_come(withdrawal: Outcome) -> None:
    with pytest.raises(ExpectationFailed, match="expected failure of the transaction, but it succeeded"):
        expect(withdrawal).failed()
    with pytest.raises(ExpectationFailed, match=r"to be rolled back, but it succeeded"):
        expect(withdrawal.receipts[0]).rolled_back()


def test_the_failure_that_must_come_has_these_words(failing: Outcome) -> None:
    assert expected_failure(failing, WasmTrap, "unreachable") is failing.failure
    with pytest.raises(ExpectationFailed, match="expected WasmTrap with 'paused' of the transaction, but it says: WasmTrap"):
        expected_failure(failing, WasmTrap, "paused")
    refused = NotEnoughBalance(("NotEnoughBalance",), {"signer_id": "alice.sandbox", "balance": "1", "cost": "2"}, {})
    assert expected_failure(refused, "NotEnoughBalance", "alice.sandbox") is refused
    with pytest.raises(
        ExpectationFailed, match=r"expected ContractPanic with 'boom', but the transaction was refused: NotEnough"
    ):
        expected_failure(refused, ContractPanic, "boom")
    with pytest.raises(ExpectationFailed, match=r"expected failure with 'bob\.sandbox', but the transaction was refused"):
        expected_failure(refused, None, "bob.sandbox")
    boom = expected_failure(failing, None, "boom", at="pool.sandbox")
    assert boom is failing.receipt("pool.sandbox").failure
    with pytest.raises(ExpectationFailed, match="there is none"):
        expected_failure(failing, None, "bang", at="pool.sandbox")


def test_refunds_by_the_protocol(failing: Outcome, withdrawal: Outcome) -> None:
    expect(failing).refunded(NEAR(10), to="bank.sandbox")
    expect(failing.receipt("pool.sandbox")).refunded("10 NEAR", to="bank.sandbox")
    with pytest.raises(ExpectationFailed, match=r"to return 9 NEAR to bank\.sandbox: deposit refund of 10 NEAR to bank\.sandbox"):
        expect(failing).refunded(NEAR(9), to="bank.sandbox")
    with pytest.raises(ExpectationFailed, match="the protocol returned no deposit"):
        expect(withdrawal).refunded(NEAR(10), to="alice.sandbox")
    with pytest.raises(ExpectationFailed, match="the protocol returned no deposit"):
        expect(failing.receipt("bank.sandbox", "on_result")).refunded(NEAR(10), to="bank.sandbox")


def test_a_refund_counts_for_who_gets_it_and_when_it_arrives(failing: Outcome) -> None:
    (refund,) = failing.find(refund="deposit")
    with pytest.raises(ExpectationFailed, match=r"to return 10 NEAR to alice\.sandbox: deposit refund of 10 NEAR to bank\."):
        expect(failing).refunded(NEAR(10), to="alice.sandbox")
    assert not failing.receipt("pool.sandbox").seen  # what was expected explains nothing of it
    refund.executed = False
    with pytest.raises(ExpectationFailed, match=r"to return 10 NEAR to bank\.sandbox"):
        expect(failing).refunded(NEAR(10), to="bank.sandbox")


def test_what_was_not_executed_has_not_succeeded(withdrawal: Outcome) -> None:
    receipt = withdrawal.receipts[-1]
    expect(receipt).succeeded()
    receipt.executed = False
    with pytest.raises(ExpectationFailed, match="to succeed, but it was not executed"):
        expect(receipt).succeeded()


def test_payments_by_hand(failing: Outcome, withdrawal: Outcome) -> None:
    expect(withdrawal).paid(NEAR(10), by="bank.sandbox", to="alice.sandbox")
    expect(failing).paid_nothing(to="alice.sandbox")
    with pytest.raises(ExpectationFailed, match="no receipt does that successfully"):
        expect(withdrawal).paid(NEAR(11), by="bank.sandbox", to="alice.sandbox")
    with pytest.raises(ExpectationFailed, match="no receipt does that successfully"):  # a deposit that was refunded is no payment
        expect(failing).paid(NEAR(10), by="bank.sandbox", to="pool.sandbox")
    with pytest.raises(ExpectationFailed, match=r"expected no payment to alice\.sandbox, but it got 10 NEAR"):
        expect(withdrawal).paid_nothing(to="alice.sandbox")
    with pytest.raises(ExpectationFailed, match="expected system to pay 10 NEAR"):  # nor is the refund
        expect(failing).paid(NEAR(10), by="system", to="bank.sandbox")
    with pytest.raises(ExpectationFailed, match=r"expected no payment to bank\.sandbox, but it got 10 NEAR, 10 NEAR"):
        expect(failing).paid_nothing(to="bank.sandbox")
    expect(failing).paid_nothing(to="pool.sandbox")  # what was sent to it has come back


def test_callbacks(failing: Outcome) -> None:
    pool, callback = failing.receipt("pool.sandbox"), failing.receipt("bank.sandbox", "on_result")
    expect(callback).callback_of(pool)
    with pytest.raises(ExpectationFailed, match="it is of: none"):
        expect(pool).callback_of(callback)
    root = failing.receipts[0]
    callback.callback_of = [root, pool]
    expect(callback).callback_of(root, pool)
    with pytest.raises(ExpectationFailed, match=r"it is of: \S+ -> bank\.sandbox\.run, bank\.sandbox -> pool\.sandbox\.boom"):
        expect(callback).callback_of(pool, root)


def test_logs(failing: Outcome) -> None:
    failing.receipts[0].logs = ("hello world",)
    expect(failing).logged("hello")
    expect(failing.receipts[0]).logged("world")
    with pytest.raises(ExpectationFailed, match="expected a log with 'bye'"):
        expect(failing).logged("bye")


def test_an_outcome_without_a_node_cannot_be_asked_for_balances(failing: Outcome) -> None:
    with pytest.raises(BadInput, match="not connected with a node"):
        expect(failing).conserved_tokens()


def test_other_objects_are_refused() -> None:
    class Unsent:
        def __await__(self) -> None: ...

    with pytest.raises(BadInput, match="takes an outcome or a receipt, not Unsent: await it first"):
        expect(Unsent())  # type: ignore[call-overload]
