"""Scripts for the probe contract (``tests/data/probe.c``): host functions to call, one after the other."""

from __future__ import annotations

import json
from pathlib import Path

from fidelity_signing import u8, u32, u64, u128

from near_harness import Contract, TGas
from near_harness.transactions import Call

_DATA = Path(__file__).parent.parent / "data"
WASM = (_DATA / "probe.wasm").read_bytes()
_HOST_FUNCTIONS: dict[str, int] = {name: code for code, name in enumerate(json.loads((_DATA / "probe_ops.json").read_text()))}
_OWN = {"trap": 200, "burn": 202}
"""What the probe does itself."""


def number(value: int) -> bytes:
    """An argument that is a number."""
    return u8(0) + u64(value)


def content(value: bytes) -> bytes:
    """Two arguments: a length and a pointer to the bytes."""
    return u8(1) + u32(len(value)) + value


def amount(value: int) -> bytes:
    """A pointer to an amount of yoctoNEAR."""
    return u8(2) + u32(16) + u128(value)


def result_of(step: int) -> bytes:
    """The result of an earlier step of the script."""
    return u8(3) + u8(step)


def step(name: str, *arguments: bytes) -> bytes:
    """One step: a host function, or what the probe does itself."""
    code = _OWN[name] if name in _OWN else _HOST_FUNCTIONS[name]
    return u8(code) + u8(len(arguments)) + b"".join(arguments)


def run(contract: Contract, *steps: bytes) -> Call:
    """The call of a probe that does these steps, by its own account."""
    return contract.call("run", b"".join(steps)).by(contract.account).gas(TGas(300))
