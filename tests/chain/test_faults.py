"""Faults as code: a contract that only goes wrong, and the receiver's own contract with one method that does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import near_harness
from near_harness import NEAR, Account, Contract, Near, Outcome, TGas
from near_harness.errors import BadInput
from near_harness.puppets.answers import HUGE
from near_harness.puppets.faults import (
    ACCOUNT_MISSING,
    CODE_MISSING,
    FAULTS,
    HUGE_RESULT,
    METHOD_MISSING,
    NO_RESULT,
    OUT_OF_GAS,
    PANIC,
    PANIC_TEXT,
    WRONG_RESULT,
    WRONG_TYPE,
    Fault,
    calls_back_in,
    fault_code,
    fault_in,
)

_BACK = calls_back_in("hear", {"x": 1})
_FAILURES = {
    PANIC: f"ContractPanic: {PANIC_TEXT}",
    OUT_OF_GAS: "GasExceeded: Exceeded the prepaid gas.",
    METHOD_MISSING: "MethodNotFound",
}
_VALUES = {WRONG_RESULT: WRONG_TYPE, NO_RESULT: b"", HUGE_RESULT: b'"' + b"x" * (HUGE - 2) + b'"', _BACK: b""}
_BY_CODE = [fault for fault in (*FAULTS, _BACK) if fault not in {ACCOUNT_MISSING, CODE_MISSING}]

by_code = pytest.mark.parametrize("fault", _BY_CODE, ids=str)


@pytest.fixture(params=[84, 88])
async def near(request: pytest.FixtureRequest) -> AsyncIterator[Near]:
    """A chain of the oldest and of the newest protocol version."""
    async with near_harness.start(node="embedded", protocol_version=request.param) as facade:
        yield facade


@pytest.fixture
async def caller(near: Near) -> Account:
    return await near.create_account("caller")


def check(fault: Fault, tx: Outcome, caller: Account) -> None:
    assert (tx.failure and tx.failure.message) == _FAILURES.get(fault)
    assert tx.value == _VALUES.get(fault)
    assert fault.fails == tx.failed
    back = tx.find(caller, "hear")
    assert [receipt.actions[0].args for receipt in back] == ([b'{"x": 1}'] if fault is _BACK else [])
    assert all(receipt.failed for receipt in back)  # the caller has no contract


@by_code
async def test_a_contract_that_does_nothing_but_go_wrong(near: Near, caller: Account, fault: Fault) -> None:
    wrong = await near.deploy(fault_code(fault, "go"))
    check(fault, await caller.call(wrong.id, "go", gas=TGas(50)).attempt(), caller)


@by_code
async def test_one_method_of_a_contract_goes_wrong_and_the_others_do_not(
    near: Near, caller: Account, fault: Fault, contracts: Path
) -> None:
    code = (contracts / "staking_pool.wasm").read_bytes()
    pool = await near.deploy(fault_in(code, fault, "deposit_and_stake"))
    for _ in range(2):
        tx = await caller.call(pool.id, "deposit_and_stake", deposit=NEAR(1), gas=TGas(50)).attempt()
        check(fault, tx, caller)
    assert await pool.view("is_paused") is False


async def _stake(caller: Account, pool: Contract) -> Outcome:
    return await caller.call(pool, "deposit_and_stake", deposit=NEAR(1), gas=TGas(50)).attempt()


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("fault", [WRONG_RESULT, NO_RESULT, HUGE_RESULT, _BACK], ids=str)
async def test_only_one_call_goes_wrong(near: Near, caller: Account, fault: Fault, after: int, contracts: Path) -> None:
    code = (contracts / "staking_pool.wasm").read_bytes()
    pool = await near.deploy(fault_in(code, fault, "deposit_and_stake", after=after))
    outcomes = [await _stake(caller, pool) for _ in range(3)]
    check(fault, outcomes.pop(after), caller)
    assert [tx.json() for tx in outcomes] == [str(int(NEAR(1))), str(int(NEAR(2)))]


@pytest.mark.parametrize("fault", [PANIC, OUT_OF_GAS], ids=str)
async def test_calls_go_wrong_from_one_on(near: Near, caller: Account, fault: Fault, contracts: Path) -> None:
    """What fails leaves no trace, not even that it was there."""
    code = (contracts / "staking_pool.wasm").read_bytes()
    pool = await near.deploy(fault_in(code, fault, "deposit_and_stake", after=1))
    first, *others = [await _stake(caller, pool) for _ in range(3)]
    assert first.succeeded
    for tx in others:
        check(fault, tx, caller)


def test_what_no_code_can_do_is_refused(contracts: Path) -> None:
    code = (contracts / "staking_pool.wasm").read_bytes()
    assert fault_code(CODE_MISSING, "go") == fault_in(code, CODE_MISSING, "withdraw") == b""
    with pytest.raises(BadInput, match="no code makes an account missing"):
        fault_code(ACCOUNT_MISSING, "go")
    with pytest.raises(BadInput, match="no code takes an account away"):
        fault_in(code, ACCOUNT_MISSING, "withdraw")
    with pytest.raises(BadInput, match="missing from the first call on"):
        fault_in(code, METHOD_MISSING, "withdraw", after=1)
