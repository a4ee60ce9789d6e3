"""JSON-RPC where nothing is awaited: connections that are kept, and what is not asked again."""

from __future__ import annotations

import gc
import json
import os
import pickle
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from scripted_node import Script

from near_harness.errors import NodeError, NodeUnreachable, RpcError
from near_harness.nodes.local import LocalRpc
from near_harness.rpc import connections
from near_harness.rpc.endpoint import Endpoint


class Server(ThreadingHTTPServer):
    """Counts connections and requests. ``does`` is done with each request, before it is answered."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.connections = 0
        self.asked: list[str] = []
        self.does: Callable[[_Handler], bool] = lambda _: True

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked["method"])
        if not self.server.does(self):
            return
        body = json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": asked["method"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def node(server: Server) -> Iterator[Endpoint]:
    made = Endpoint(f"http://127.0.0.1:{server.server_address[1]}")
    yield made
    made.close()


def test_questions_go_over_one_connection(server: Server, node: Endpoint) -> None:
    assert [node.call(f"m{number}", []) for number in range(5)] == ["m0", "m1", "m2", "m3", "m4"]
    assert server.connections == 1


def test_another_port_is_another_node(server: Server, node: Endpoint) -> None:
    node.call("m", [])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = Endpoint(f"http://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(NodeUnreachable):
            nobody.call("n", [])
    assert server.asked == ["m"]


def test_threads_do_not_share_one_at_the_same_time(server: Server, node: Endpoint) -> None:
    together = threading.Barrier(4, timeout=5)
    server.does = lambda _: together.wait() >= 0
    threads = [threading.Thread(target=node.call, args=("m", [])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.connections == 4
    server.does = lambda _: True
    node.call("m", [])
    assert server.connections == 4


def test_one_that_the_other_side_has_closed_is_not_used_again(server: Server, node: Endpoint) -> None:
    def farewell(handler: _Handler) -> bool:
        handler.close_connection = True  # after this answer, without a word about it
        return True

    server.does = farewell
    node.call("m", [])
    time.sleep(0.1)
    assert node.call("m", []) == "m"
    assert server.connections == 2


def test_one_that_was_idle_for_long_is_not_used_again(server: Server, node: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    node.call("m", [])
    monkeypatch.setattr(connections, "_IDLE_S", 0.0)
    node.call("m", [])
    assert server.connections == 2


def test_one_that_is_used_again_and_again_is_not_idle(server: Server, node: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("near_harness.rpc.connections.time.monotonic", lambda: now)
    for _ in range(4):
        node.call("m", [])
        now += connections._IDLE_S
    assert server.connections == 1
    now += 0.1
    node.call("m", [])
    assert server.connections == 2


def test_what_is_closed_is_opened_anew_and_ends_no_request(server: Server, node: Endpoint) -> None:
    node.call("m", [])
    node.close()
    node.close()
    assert node.call("m", []) == "m"
    assert server.connections == 2

    def closed_meanwhile(_: _Handler) -> bool:
        node.close()
        return True

    server.does = closed_meanwhile
    assert node.call("n", []) == "n"


def test_what_got_no_answer_is_not_sent_again(server: Server, node: Endpoint) -> None:
    node.call("m", [])

    def hang_up(handler: _Handler) -> bool:
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True
        return False

    server.does = hang_up
    with pytest.raises(NodeUnreachable, match="does not answer lost"):
        node.call("lost", [])
    assert server.asked == ["m", "lost"]
    server.does = lambda _: True
    assert node.call("m", []) == "m"


def test_each_question_has_its_own_time_limit(server: Server, node: Endpoint) -> None:
    node.call("m", [])

    def late(_: _Handler) -> bool:
        time.sleep(0.5)
        return True

    server.does = late
    with pytest.raises(NodeUnreachable, match=r"does not answer m: .*timed out"):
        node.call("m", [], timeout_s=0.05)


def test_those_who_are_dropped_leave_nothing_open(server: Server) -> None:
    class Holder:
        """Is found by the collector of garbage only, together with all that it holds."""

        def __init__(self, node: Endpoint) -> None:
            self.node, self.again = node, self
            node.call("m", [])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(5):
            Holder(Endpoint(f"http://127.0.0.1:{server.server_address[1]}"))
            gc.collect()
    assert server.connections == 1, "they belong to the address"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_child_that_is_forked_uses_connections_of_its_own(server: Server, node: Endpoint) -> None:
    node.call("m", [])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork of a process with threads
        child = os.fork()
    if child == 0:
        os._exit(0 if node.call("n", []) == "n" else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert server.connections == 2
    node.call("m", [])
    assert server.connections == 2, "the parent's is still good"


def test_a_chain_in_this_process_is_asked_without_a_connection() -> None:
    script = Script()
    assert LocalRpc(lambda: script).call("status", []) == {"chain_id": "sandbox"}
    script.answers["status"] = {"error": {"name": "HANDLER_ERROR", "cause": {"name": "NO", "info": {}}, "data": "no"}}
    with pytest.raises(RpcError, match="no"):
        LocalRpc(lambda: script).call("status", [])


def test_a_defect_of_a_chain_in_this_process_is_told() -> None:
    class Broken(Script):
        def request(self, body: bytes) -> tuple[int, bytes]:
            raise RuntimeError(f"a defect at {len(body)} bytes")

    with pytest.raises(RpcError, match="RuntimeError: a defect at"):
        LocalRpc(Broken).call("status", [])


def test_a_chain_that_is_not_there_is_told() -> None:
    def gone() -> Script:
        raise NodeError("the node is not started")

    with pytest.raises(NodeError, match="the node is not started"):
        LocalRpc(gone).call("status", [])


def test_what_is_pickled_asks_at_the_address(server: Server) -> None:
    node = Endpoint(f"http://127.0.0.1:{server.server_address[1]}")
    node.call("m", [])  # its connection is kept here
    for asked in (node, LocalRpc(Script, lambda: node.url)):
        there = pickle.loads(pickle.dumps(asked))  # noqa: S301 - it was made here
        assert there == node
        assert there.call("n", []) == "n"


def test_a_chain_without_an_address_is_pickled_as_one_that_is_not_there() -> None:
    def ended() -> str:
        raise NodeError("the node is not started")

    for url in (None, ended):
        there = pickle.loads(pickle.dumps(LocalRpc(Script, url)))  # noqa: S301 - it was made here
        with pytest.raises(NodeError, match="was in another process"):
            there.call("status", [])
