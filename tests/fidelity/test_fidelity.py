"""The embedded node answers as the recorded real node did: every status, error, log, figure and balance."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fidelity_replay import Report, names, replay

from near_harness.nodes.embedded import contract_cache, load_engine

RECORDED_PROTOCOL = 86


def in_process() -> Callable[[str, Any], dict[str, Any]]:
    """A fresh chain as the recording began with."""
    engine = load_engine()
    genesis = engine.sandbox_genesis(account_id="sandbox", seed="sandbox", chain_id="sandbox", protocol_version=RECORDED_PROTOCOL)
    chain = engine.Chain(genesis, cache_dir=str(contract_cache()))

    def call(method: str, params: Any) -> dict[str, Any]:
        body = json.dumps({"jsonrpc": "2.0", "id": "fidelity", "method": method, "params": params})
        answer = chain.request(body.encode())
        assert isinstance(answer, tuple), f"{method} waits for blocks that nobody makes"
        found: dict[str, Any] = json.loads(answer[1])
        return found

    return call


def check(report: Report, record_property: Callable[[str, Any], None]) -> None:
    record_property("fidelity", (report.equal, report.steps))
    assert report.equal == report.steps, "\n".join(report.differences[:40])


@pytest.mark.parametrize("name", names())
def test_suite_is_answered_as_recorded(name: str, record_property: Callable[[str, Any], None]) -> None:
    check(replay(name, in_process()), record_property)
