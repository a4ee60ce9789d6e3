"""Random trees of calls, callbacks and failures: all of them end, lose nothing, and run the same way twice."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from probe import WASM, amount, content, number, result_of, step
from rpc_chain import NEAR, ROOT, RpcChain

ACCOUNTS = ["a.sandbox", "b.sandbox", "c.sandbox"]
MISSING = "nobody.sandbox"
TGAS = 10**12
ENDS = {
    "nothing": b"",
    "value": step("value_return", content(b"42")),
    "panic": step("panic_utf8", content(b"on purpose")),
    "trap": step("trap"),
    "write": step("storage_write", content(b"key"), content(b"value"), number(0)),
    "remove": step("storage_remove", content(b"key"), number(0)),
    "out of gas": step("burn", number(10**9)),
}


@dataclass
class Call:
    """One call of the tree."""

    receiver: str
    end: str
    deposit: int
    children: list[Call] = field(default_factory=list)
    callback: Call | None = None
    returns_child: bool = False

    def script(self, gas: int) -> bytes:
        """What its contract does: first its calls, then its end."""
        calls = [(child, child.callback) for child in self.children]
        share = gas // (3 * (len(calls) + 1))
        steps = b""
        index = 0
        for child, callback in calls:
            arguments = [content(child.receiver.encode()), content(b"run"), content(child.script(share))]
            steps += step("promise_create", *arguments, amount(child.deposit), number(share))
            index += 1
            if callback:
                arguments = [content(callback.receiver.encode()), content(b"run"), content(callback.script(share))]
                steps += step("promise_then", result_of(index - 1), *arguments, amount(callback.deposit), number(share))
                index += 1
        if self.returns_child and index:
            return steps + step("promise_return", result_of(index - 1))
        return steps + ENDS[self.end]


RECEIVERS = st.sampled_from([*ACCOUNTS, *ACCOUNTS, MISSING])
DEPOSITS = st.sampled_from([0, 0, 1, NEAR, 10**6 * NEAR])
LEAVES = st.builds(Call, RECEIVERS, st.sampled_from(sorted(ENDS)), DEPOSITS)
CALLS = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        Call,
        RECEIVERS,
        st.sampled_from(sorted(ENDS)),
        DEPOSITS,
        children=st.lists(inner, max_size=3),
        callback=st.none() | LEAVES,
        returns_child=st.booleans(),
    ),
    max_leaves=8,
)


@cache
def chain() -> RpcChain:
    """A chain with the probe on three accounts."""
    world = RpcChain()
    for account in ACCOUNTS:
        deploy = {"DeployContract": {"code": base64.b64encode(WASM).decode()}}
        world.send(account, ["CreateAccount", {"Transfer": {"deposit": str(100 * NEAR)}}, deploy])
    return world


def held(world: RpcChain) -> int:
    """Everything that all accounts have."""
    views = [world.view("view_account", account_id=account) for account in [*ACCOUNTS, ROOT, "near"]]
    return sum(int(view["amount"]) + int(view["locked"]) for view in views)


def run(world: RpcChain, call: Call) -> Any:
    gas = 300 * TGAS
    action = {
        "FunctionCall": {
            "method_name": "run",
            "args": base64.b64encode(call.script(gas)).decode(),
            "gas": gas,
            "deposit": str(call.deposit % (10 * NEAR)),
        }
    }
    result = world.send(call.receiver, [action])
    world.chain.produce_blocks(3)
    return result


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CALLS)
def test_every_tree_ends_and_nothing_is_lost(call: Call) -> None:
    world = chain()
    before = world.chain.snapshot()
    try:
        result = run(world, call)
        outcomes = {outcome["id"]: outcome["outcome"] for outcome in result["receipts_outcome"]}
        promised = {child for outcome in outcomes.values() for child in outcome["receipt_ids"]}
        assert promised <= outcomes.keys(), "at FINAL every receipt has run"
        assert "SuccessValue" in result["status"] or "Failure" in result["status"]
        assert held(world) == int(world.head()["total_supply"])

        world.chain.restore(before)
        assert json.dumps(run(world, call)) == json.dumps(result), "the same chain gives the same answer"
    finally:
        world.chain.restore(before)
