"""Every failure that was recorded from a real node has its own class, with its fields."""

from __future__ import annotations

import json
from typing import Any

import pytest
from recorded import suite

from near_harness.outcome import failures
from near_harness.outcome.failures import ActionFailed, InvalidTransaction, TransactionFailed, parse_failure

_WITHOUT_A_CLASS = {  # kinds of later issues (staking, gas keys, global contracts, meta transactions): the general class
    "AddKeyAlreadyExists", "DelegateActionAccessKeyError", "DelegateActionExpired", "DelegateActionInvalidNonce",
    "DelegateActionInvalidSignature", "DelegateActionNonceTooLarge", "DelegateActionSenderDoesNotMatchTxReceiver",
    "DeleteAccountStaking", "DeleteKeyDoesNotExist", "GasKeyBalanceTooHigh", "GasKeyDoesNotExist", "GlobalContractDoesNotExist",
    "InsufficientGasKeyBalance", "InsufficientStake", "OnlyImplicitAccountCreationAllowed", "TriesToStake", "TriesToUnstake",
}  # fmt: skip


def _name(raw: Any) -> str:
    return json.dumps(raw)[:70]


@pytest.mark.parametrize("raw", suite("failures")["receipts"], ids=_name)
def test_a_recorded_receipt_failure_is_typed(raw: Any) -> None:
    failure = parse_failure(raw)
    assert isinstance(failure, ActionFailed)
    assert failure.raw == raw
    assert failure.action_index == raw["ActionError"]["index"]
    assert type(failure) is not ActionFailed or failure.path[0] in _WITHOUT_A_CLASS
    assert str(failure)


@pytest.mark.parametrize("raw", suite("failures")["transactions"], ids=_name)
def test_a_recorded_refusal_is_typed(raw: Any) -> None:
    failure = parse_failure(raw)
    assert isinstance(failure, InvalidTransaction)
    assert failure.raw == raw
    assert failure.path
    assert str(failure)


def _function_call(error: Any) -> TransactionFailed:
    return parse_failure({"ActionError": {"index": 0, "kind": {"FunctionCallError": error}}})


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        ({"ExecutionError": "Smart contract panicked: boom"}, failures.ContractPanic, "ContractPanic: boom"),
        ({"ExecutionError": "Exceeded the prepaid gas."}, failures.GasExceeded, "GasExceeded: Exceeded the prepaid gas."),
        (
            {"ExecutionError": "WebAssembly trap: Stack overflow."},
            failures.WasmTrap,
            "WasmTrap: WebAssembly trap: Stack overflow.",
        ),
        ({"ExecutionError": "Integer overflow."}, failures.HostError, "HostError: Integer overflow."),
        ({"ExecutionError": "Deserialization"}, failures.HostError, "HostError: Deserialization"),
        ({"MethodResolveError": "MethodNotFound"}, failures.MethodNotFound, "MethodNotFound"),
        (
            {"CompilationError": {"CodeDoesNotExist": {"account_id": "x"}}},
            failures.CodeDoesNotExist,
            "CodeDoesNotExist: account_id x",
        ),
        (
            {"CompilationError": {"PrepareError": "Deserialization"}},
            failures.CompilationError,
            "CompilationError: PrepareError: Deserialization",
        ),
    ],
)
def test_function_call_errors_are_told_apart(error: Any, kind: type[TransactionFailed], message: str) -> None:
    failure = _function_call(error)
    assert type(failure) is kind
    assert failure.message == message


def test_money_prints_in_near() -> None:
    raw = {"InvalidTxError": {"NotEnoughBalance": {"signer_id": "bob", "balance": "1" + "0" * 24, "cost": "25" + "0" * 23}}}
    failure = parse_failure(raw)
    assert type(failure) is failures.NotEnoughBalance
    assert failure.message == "NotEnoughBalance: signer_id bob, balance 1 NEAR, cost 2.5 NEAR"
    assert "give the signer more NEAR" in str(failure)


def test_the_names_inside_a_refusal_are_kept() -> None:
    failure = parse_failure({"InvalidTxError": {"ActionsValidation": {"TotalPrepaidGasExceeded": {"limit": 5}}}})
    assert type(failure) is failures.ActionsValidation
    assert failure.path == ("ActionsValidation", "TotalPrepaidGasExceeded")
    assert failure.name == "TotalPrepaidGasExceeded"
    failure = parse_failure({"InvalidTxError": {"InvalidAccessKeyError": "DepositWithFunctionCall"}})
    assert type(failure) is failures.InvalidAccessKey
    assert failure.name == "DepositWithFunctionCall"


@pytest.mark.parametrize(
    "raw", [{"ActionError": {"index": 1, "kind": {"Brand": {"new": 1}}}}, {"InvalidTxError": {"Brand": {"new": 1}}}]
)
def test_an_unknown_kind_keeps_its_fields(raw: Any) -> None:
    failure = parse_failure(raw)
    assert type(failure) in (ActionFailed, InvalidTransaction)
    assert failure.path == ("Brand",)
    assert failure.fields == {"new": 1}


@pytest.mark.parametrize("raw", [None, {}, "Text", {"a": 1, "b": 2}, {"Other": 5}])
def test_a_failure_of_another_form_is_no_crash(raw: Any) -> None:
    failure = parse_failure(raw)
    assert type(failure) is TransactionFailed
    assert failure.raw == raw
    assert str(failure)
