"""Whatever is deployed as a contract and called: an outcome comes, the engine does not panic, and the chain goes on."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rpc_chain import NEAR, RpcChain

COMPILED = Path(__file__).parent.parent.parent / "contracts" / "compiled" / "deposit_demo.wasm"
MAGIC = b"\0asm\1\0\0\0"


@cache
def contract() -> bytes:
    return COMPILED.read_bytes()


@cache
def chain() -> RpcChain:
    world = RpcChain()
    world.send("c.sandbox", ["CreateAccount", {"Transfer": {"deposit": str(100 * NEAR)}}])
    return world


def damaged(edits: list[tuple[int, int]], length: int) -> bytes:
    """The compiled contract, cut, with some of its bytes replaced."""
    code = bytearray(contract()[: length % len(contract()) or None])
    for place, byte in edits:
        code[place % len(code)] = byte
    return bytes(code)


EDITS = st.lists(st.tuples(st.integers(0, 200_000), st.integers(0, 255)), min_size=1, max_size=8)
DAMAGED = st.builds(damaged, EDITS, st.just(0) | st.integers(0, 200_000))
SECTIONS = st.lists(st.tuples(st.integers(0, 13), st.binary(max_size=40)), max_size=6).map(
    lambda sections: MAGIC + b"".join(bytes([kind, len(body)]) + body for kind, body in sections)
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200) | SECTIONS | DAMAGED)
@example(b"")
@example(MAGIC)
def test_a_broken_contract_fails_as_a_contract(code: bytes) -> None:
    world = chain()
    before = world.chain.snapshot()
    try:
        call: dict[str, Any] = {"method_name": "accepted", "args": "", "gas": 30 * 10**12, "deposit": "0"}
        deploy = {"DeployContract": {"code": base64.b64encode(code).decode()}}
        # Created with it, so that the account may deploy on itself in the same receipt.
        result = world.send("d.sandbox", ["CreateAccount", deploy, {"FunctionCall": call}])
        assert "SuccessValue" in result["status"] or "ActionError" in result["status"]["Failure"]
        height = world.head()["height"]
        world.chain.produce_blocks(1)
        assert world.head()["height"] == height + 1
    finally:
        world.chain.restore(before)
