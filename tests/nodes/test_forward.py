"""Fast-forwarding as real nodes do it: slowly, without an answer, or not as far as they were asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from still_chain import StillChain

from near_harness.errors import NodeUnreachable
from near_harness.nodes import rpc
from near_harness.nodes.rpc import Rpc
from near_harness.nodes.server import RpcServer


class Slow(StillChain):
    """A node at height 10, which goes as far as ``moves`` lets it."""

    def __init__(self, moves: Callable[[int], int], *, answers: bool = True) -> None:
        self.height = 10
        self.asked: list[int] = []
        self._moves, self._answers = moves, answers

    def request(self, body: bytes) -> tuple[int, bytes]:
        asked = json.loads(body)
        result: dict[str, Any] = {
            "sync_info": {"latest_block_height": self.height},
            "header": {"height": self.height, "timestamp": self.height * 1000},
        }
        if asked["method"] == "sandbox_fast_forward":
            delta = asked["params"]["delta_height"]
            self.asked.append(delta)
            self.height += self._moves(delta)
            if not self._answers:
                return 408, b'{"jsonrpc": "2.0", "id": 1, "error": {"name": "HANDLER_ERROR", "cause": {"name": "TIMEOUT_ERROR"}}}'
        return 200, json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}).encode()

    def get(self, path: str) -> tuple[int, str, bytes]:
        return 404, "text/plain", path.encode()


@contextmanager
def served(node: Slow) -> Iterator[Rpc]:
    server = RpcServer(node)
    server.start()
    try:
        yield Rpc(server.url)
    finally:
        server.stop()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "_SETTLE_S", 0.2)


def test_a_node_that_does_not_answer_in_time_but_gets_there() -> None:
    node = Slow(lambda delta: delta, answers=False)
    with served(node) as client:
        client.fast_forward(100)
    assert node.asked == [100]


def test_a_node_that_stops_short_is_asked_for_the_rest() -> None:
    node = Slow(lambda delta: min(delta, 40))
    with served(node) as client:
        client.fast_forward(100)
    assert node.asked == [100, 60, 20]


def test_a_node_that_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "_FORWARD_LIMIT_S", 0.5)
    monkeypatch.setattr(rpc, "_FORWARD_PER_BLOCK_S", 0.0)
    with served(Slow(lambda _: 5)) as client, pytest.raises(NodeUnreachable, match=r"from height 10 has come to \d\d within"):
        client.fast_forward(100)
