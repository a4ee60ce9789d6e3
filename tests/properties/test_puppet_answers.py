"""Whatever is programmed: the contract is one that every protocol version accepts, and it does what was said."""

from __future__ import annotations

import base64
import contextlib
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from properties.test_broken_contracts import DAMAGED, MAGIC, SECTIONS
from rpc_chain import NEAR, RpcChain

from near_harness.contract.wasm import load_wasm
from near_harness.errors import CannotGraft, InvalidContractCode
from near_harness.puppets.answers import (
    Answer,
    Burn,
    CallOut,
    Log,
    MethodCall,
    OutOfGas,
    Panic,
    Return,
    ReturnMuch,
    Transfer,
    Trap,
)
from near_harness.puppets.faults import PANIC, fault_in
from near_harness.puppets.program import puppet_code
from near_harness.puppets.script import Match, Progress, Script
from near_harness.units import Amount, TGas

AMOUNTS = st.integers(0, NEAR // 100).map(Amount)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
CALLS = st.builds(MethodCall, NAMES, st.binary(max_size=30), AMOUNTS, st.sampled_from([None, TGas(1)]))
STEPS = st.lists(
    st.builds(Log, st.text(st.characters(codec="utf-8"), max_size=50))
    | st.builds(Burn, st.integers(0, 3).map(TGas))
    | st.builds(Transfer, AMOUNTS, st.sampled_from([None, "sandbox"]))
    | st.builds(CallOut, st.sampled_from([None, "sandbox"]), CALLS, st.lists(CALLS, max_size=2).map(tuple)),
    max_size=4,
).map(tuple)
ENDINGS = (
    st.none()
    | st.builds(Return, st.binary(max_size=300))
    | st.builds(ReturnMuch, st.integers(2, 20_000))
    | st.builds(Panic, st.text(st.characters(codec="utf-8"), max_size=50))
    | st.sampled_from([Trap(), OutOfGas()])
)
ANSWERS = st.lists(st.builds(Answer, STEPS, ENDINGS, st.integers(1, 3)), min_size=1, max_size=3)
CONDITIONS = st.tuples(st.none() | st.binary(max_size=8), st.sampled_from([None, "sandbox", "bob.sandbox"]))


@cache
def chain() -> RpcChain:
    world = RpcChain()
    world.send("c.sandbox", ["CreateAccount", {"Transfer": {"deposit": str(100 * NEAR)}}])
    return world


def script(number: int, method: str, condition: tuple[bytes | None, str | None], answers: list[Answer]) -> Script:
    made = Script(Match(method, *condition), number, lambda _: None)
    made.progress = Progress(tuple(answers))
    return made


def fails_as(answer: Answer) -> str:
    if isinstance(answer.ending, Panic):
        return f"Smart contract panicked: {answer.ending.text}"
    return "WebAssembly trap" if isinstance(answer.ending, Trap) else "Exceeded the prepaid gas."


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(CONDITIONS, ANSWERS), max_size=3), ANSWERS, st.binary(max_size=40))
def test_any_program_runs_and_the_first_script_that_fits_answers(
    others: list[tuple[tuple[bytes | None, str | None], list[Answer]]], last: list[Answer], args: bytes
) -> None:
    world = chain()
    before = world.chain.snapshot()
    try:
        told = [*others, ((None, None), last)]
        scripts = [script(number, "go", condition, answers) for number, (condition, answers) in enumerate(told)]
        code = puppet_code(["go", "idle"], scripts, waits=True)
        call: dict[str, Any] = {
            "method_name": "go", "args": base64.b64encode(args).decode(), "gas": 100 * 10**12, "deposit": "0",
        }  # fmt: skip
        deploy = {"DeployContract": {"code": base64.b64encode(code).decode()}}
        result = world.send("d.sandbox", ["CreateAccount", {"Transfer": {"deposit": str(NEAR)}}, deploy, {"FunctionCall": call}])
        answer = next(s for s in scripts if s.match.fits("go", args, "sandbox")).progress.answers[0]
        status = result["receipts_outcome"][0]["outcome"]["status"]
        if isinstance(answer.ending, (Panic, Trap, OutOfGas)):
            error = status["Failure"]["ActionError"]["kind"]["FunctionCallError"]["ExecutionError"]
            assert fails_as(answer) in error
        elif isinstance(answer.ending, Return):
            assert base64.b64decode(status["SuccessValue"]) == answer.ending.value
        elif isinstance(answer.ending, ReturnMuch):
            assert len(base64.b64decode(status["SuccessValue"])) == answer.ending.size
        else:
            assert status == {"SuccessValue": ""}
        if "Failure" not in status:
            logs = [step.text for step in answer.steps if isinstance(step, Log)]
            assert result["receipts_outcome"][0]["outcome"]["logs"] == logs
    finally:
        world.chain.restore(before)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DAMAGED | SECTIONS | st.binary(max_size=100).map(MAGIC.__add__))
def test_a_damaged_contract_is_changed_or_refused(code: bytes) -> None:
    with contextlib.suppress(CannotGraft, InvalidContractCode):
        changed = fault_in(code, PANIC, "accepted", after=0)
        assert load_wasm(changed).exports == load_wasm(code).exports
