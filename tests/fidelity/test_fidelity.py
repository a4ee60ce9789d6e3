"""The embedded node answers as the recorded real node did: every status, error, log, figure and balance."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fidelity_replay import Report, names, replay
from sandbox_process import init, running

from near_harness.nodes.engine import contract_cache, load_engine

RECORDED_PROTOCOL = 86


def in_process() -> Callable[[str, Any], dict[str, Any]]:
    """A fresh chain as the recording began with."""
    engine = load_engine()
    genesis = engine.sandbox_genesis(account_id="sandbox", seed="sandbox", chain_id="sandbox", protocol_version=RECORDED_PROTOCOL)
    chain = engine.Chain(genesis, cache_dir=contract_cache())

    def call(method: str, params: Any) -> dict[str, Any]:
        body = json.dumps({"jsonrpc": "2.0", "id": "fidelity", "method": method, "params": params})
        answer = chain.request(body.encode())
        assert isinstance(answer, tuple), f"{method} waits for blocks that nobody makes"
        found: dict[str, Any] = json.loads(answer[1])
        return found

    return call


def check(report: Report) -> None:
    assert report.equal == report.steps, "\n".join(report.differences[:40])


@pytest.mark.parametrize("name", names())
def test_suite_is_answered_as_recorded(name: str, record_property: Callable[[str, Any], None]) -> None:
    report = replay(name, in_process())
    record_property("fidelity", (report.equal, report.steps))
    check(report)


@pytest.mark.parametrize("name", ["patches", "rpc_errors", "sandbox_methods", "yield_later"])
def test_suite_is_answered_as_recorded_by_the_command_too(name: str, tmp_path: Path) -> None:
    """What a ticker and the wall clock could change."""
    init(tmp_path, "--fast", "--account-id", "sandbox", "--test-seed", "sandbox", "--chain-id", "sandbox")
    with running(tmp_path) as node:
        check(replay(name, node.call))
