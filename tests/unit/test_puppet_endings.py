"""Which failures an ending of a puppet explains: those are what was meant to happen, and all others are not."""

from __future__ import annotations

from typing import Any

import pytest

from near_harness.outcome.failures import parse_failure
from near_harness.puppets.answers import Ending, OutOfGas, Panic, Return, Trap, Wait


def call_failed(error: Any) -> Any:
    return parse_failure({"ActionError": {"index": 0, "kind": {"FunctionCallError": error}}})


FAILURES = {
    "the panic": call_failed({"ExecutionError": "Smart contract panicked: paused"}),
    "another panic": call_failed({"ExecutionError": "Smart contract panicked: paused."}),
    "a trap": call_failed({"WasmTrap": "Unreachable"}),
    "gas": call_failed({"ExecutionError": "Exceeded the prepaid gas."}),
    "a missing method": call_failed({"MethodResolveError": "MethodNotFound"}),
}


@pytest.mark.parametrize(
    ("ending", "explained"),
    [(Panic("paused"), {"the panic"}), (Trap(), {"a trap"}), (OutOfGas(), {"gas"}), (Return(b""), set()), (Wait(), set())],
)
def test_an_ending_explains_its_own_failure_only(ending: Ending, explained: set[str]) -> None:
    assert {name for name, failure in FAILURES.items() if ending.explains(failure)} == explained
