"""Every failure that was recorded from a real node has its own class, with its fields."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recorded import answer, suite

from near_harness.errors import ViewFailed, rpc_error
from near_harness.expectations import ExpectationFailed
from near_harness.outcome import failures, parse_outcome
from near_harness.outcome.failures import ActionFailed, InvalidTransaction, TransactionFailed, parse_failure
from near_harness.outcome.failures.calls import PANICKED
from near_harness.units import NEAR, Gas


def _name(raw: Any) -> str:
    return json.dumps(raw)[:70]


@pytest.mark.parametrize("raw", suite("failures")["receipts"], ids=_name)
def test_a_recorded_receipt_failure_is_typed(raw: Any) -> None:
    failure = parse_failure(raw)
    assert isinstance(failure, ActionFailed)
    assert failure.raw == raw
    assert failure.action_index == raw["ActionError"]["index"]
    assert type(failure) is not ActionFailed
    assert str(failure)


@pytest.mark.parametrize("raw", suite("failures")["transactions"], ids=_name)
def test_a_recorded_refusal_is_typed(raw: Any) -> None:
    failure = parse_failure(raw)
    assert isinstance(failure, InvalidTransaction)
    assert failure.raw == raw
    assert failure.path
    assert type(failure) is not InvalidTransaction
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
            failures.PrepareDeserialization,
            "PrepareError: Deserialization",
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
    assert type(failure) is failures.TotalPrepaidGasExceeded
    assert isinstance(failure, failures.ActionsValidation)
    assert failure.path == ("ActionsValidation", "TotalPrepaidGasExceeded")
    assert failure.name == "TotalPrepaidGasExceeded"
    failure = parse_failure({"InvalidTxError": {"InvalidAccessKeyError": "DepositWithFunctionCall"}})
    assert type(failure) is failures.DepositWithFunctionCall
    assert isinstance(failure, failures.InvalidAccessKey)
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


# Every variant of nearcore's enums

_KINDS = json.loads((Path(__file__).parent.parent / "data" / "error_kinds.json").read_text())
_OTHER_NAME = {
    ("ActionsValidationError", "InvalidAccountId"): "InvalidAccountIdInAction",
    ("ActionErrorKind", "MalformedUniversalStateInit"): "MalformedUniversalStateInitInAction",
    ("ReceiptValidationError", "ActionsValidation"): "NewReceiptActionsInvalid",
    ("InvalidTxError", "InvalidAccessKeyError"): "InvalidAccessKey",
    ("ActionErrorKind", "FunctionCallError"): "FunctionCallFailed",
    ("FunctionCallError", "WasmUnknownError"): "FunctionCallFailed",
    ("FunctionCallError", "ExecutionError"): "HostError",
    **{("ReceiptValidationError", name): f"NewReceipt{name}" for name in _KINDS["ReceiptValidationError"] if name[0] in "IRN"},
}
_WRAPPED: dict[str, Callable[[Any], Any]] = {
    "InvalidTxError": lambda raw: {"InvalidTxError": raw},
    "InvalidAccessKeyError": lambda raw: {"InvalidTxError": {"InvalidAccessKeyError": raw}},
    "ActionsValidationError": lambda raw: {"InvalidTxError": {"ActionsValidation": raw}},
    "ActionErrorKind": lambda raw: {"ActionError": {"index": 3, "kind": raw}},
    "ReceiptValidationError": lambda raw: {"ActionError": {"index": 0, "kind": {"NewReceiptValidationError": raw}}},
    "FunctionCallError": lambda raw: {"ActionError": {"index": 0, "kind": {"FunctionCallError": raw}}},
    "CompilationError": lambda raw: {"ActionError": {"index": 0, "kind": {"FunctionCallError": {"CompilationError": raw}}}},
    "MethodResolveError": lambda raw: {"ActionError": {"index": 0, "kind": {"FunctionCallError": {"MethodResolveError": raw}}}},
}


def _sample(carried: Any) -> Any:
    if isinstance(carried, dict):
        return {name: "1" + "0" * 24 if kind == "Balance" else 7 for name, kind in carried.items()}
    return list(_KINDS[carried])[-1] if carried in _KINDS else "Some text."


@pytest.mark.parametrize(
    ("enum", "variant"), [(enum, variant) for enum in _WRAPPED for variant in _KINDS[enum] if variant != "_EVMError"]
)
def test_every_variant_of_nearcore_has_its_class_fields_and_words(enum: str, variant: str) -> None:
    carried = _KINDS[enum][variant]
    raw = _WRAPPED[enum](variant if carried is None else {variant: _sample(carried)})
    failure = parse_failure(raw)

    wanted = _OTHER_NAME.get((enum, variant), variant)
    assert wanted in [kind.__name__ for kind in type(failure).__mro__]
    assert variant in failure.path
    assert (failure.action_index is None) == ("InvalidTxError" in raw)
    if isinstance(carried, dict):
        assert type(failure).__name__ == wanted
        for name, kind in carried.items():
            value = getattr(failure, name)
            assert value == (NEAR(1) if kind == "Balance" else Gas(7) if kind == "Gas" and name != "limit" else 7)
            assert f"{name} {value}" in failure.message or type(failure).__name__ == "LinkError"
    again = pickle.loads(pickle.dumps(failure))  # noqa: S301 - it was made here
    assert (type(again), str(again), again.fields, again.path) == (type(failure), str(failure), failure.fields, failure.path)


def test_every_name_of_nearcore_can_be_asked_for() -> None:
    names = {variant for enum, variants in _KINDS.items() if enum != "about" for variant in variants} - {"_EVMError"}
    assert names | {kind for kind in failures.__all__ if kind[0].isupper()} <= failures.failure_names()


@pytest.mark.parametrize("reason", _KINDS["PrepareError"])
def test_code_that_the_node_refuses_says_why_and_what_mends_it(reason: str) -> None:
    failure = _function_call({"CompilationError": {"PrepareError": reason}})
    assert isinstance(failure, failures.PrepareError)
    assert failure.message == f"PrepareError: {reason}"
    mends = "wasm-opt -Oz --signext-lowering" if reason == "Deserialization" else "cargo near build"
    assert mends in str(failure)


def test_a_failure_says_what_was_called_and_pickles_with_its_tree() -> None:
    outcome = parse_outcome(answer("credited in the callback: the pool panics"))
    assert outcome.failure is not None
    outcome.failure.context = "bank.sandbox.stake() by alice.sandbox"
    again = pickle.loads(pickle.dumps(outcome.failure))  # noqa: S301
    assert str(again) == str(outcome.failure)
    assert "called: bank.sandbox.stake() by alice.sandbox" in str(again)
    assert again.outcome.receipts[0].id == outcome.receipts[0].id


def test_a_field_that_it_does_not_carry() -> None:
    failure = parse_failure({"InvalidTxError": {"InvalidNonce": {"tx_nonce": 1, "ak_nonce": 2}}})
    assert failure.ak_nonce == 2
    with pytest.raises(AttributeError, match="InvalidNonce carries no 'balance'"):
        _ = failure.balance


def test_other_errors_pickle_too() -> None:
    for error in (
        rpc_error("query", {"cause": {"name": "UNKNOWN_ACCOUNT", "info": {"x": 1}}}, 200),
        ViewFailed("a.near", "m", "text", ("log",)),
        ExpectationFailed("what", None),
    ):
        again = pickle.loads(pickle.dumps(error))  # noqa: S301
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize(
    ("panic", "advice"),
    [
        ("The contract is not initialized", 'try: initialise it: near.deploy(wasm, name, init="new", args={…})'),
        ("Method new is private", 'near.deploy(wasm, await near.create_account(name), init="new")'),
        ("Method on_price is private", "only the contract's own account may call on_price: .by(contract)"),
    ],
)
def test_panics_of_near_sdk_come_with_what_to_try(panic: str, advice: str) -> None:
    failed = parse_failure({"ActionError": {"index": 0, "kind": {"FunctionCallError": {"ExecutionError": PANICKED + panic}}}})
    assert advice in str(failed)
    assert advice in str(ViewFailed("bank.sandbox", "left", f'HostError(GuestPanic {{ panic_msg: "{panic}" }})'))


def test_panics_of_the_contract_itself_come_without_advice() -> None:
    failed = parse_failure(
        {"ActionError": {"index": 0, "kind": {"FunctionCallError": {"ExecutionError": PANICKED + "no money"}}}}
    )
    assert "try:" not in str(failed) + str(ViewFailed("bank.sandbox", "left", "no money"))
