"""The server carries bytes, waits for what is pending, and says when its port is taken."""

from __future__ import annotations

import http.client
import json
import socket
from urllib.parse import urlsplit

import pytest
from still_chain import StillChain

from near_harness.errors import InvalidSetting, PortInUse
from near_harness.nodes.server import RpcServer


class Later:
    """A request that is answered after some polls, or never."""

    def __init__(self, polls: int | None) -> None:
        self.polls = polls

    def poll(self) -> tuple[int, bytes] | None:
        if self.polls is None:
            return None
        self.polls -= 1
        return (200, b'{"late": true}') if self.polls < 0 else None

    def advance(self, most: int) -> tuple[int, bytes] | None:
        return next(filter(None, (self.poll() for _ in range(most))), None)

    def expire(self) -> tuple[int, bytes]:
        return 408, b'{"expired": true}'


class Echo(StillChain):
    """Answers with the size of the request, or something to wait for."""

    def request(self, body: bytes) -> tuple[int, bytes] | Later:
        if body == b"defect":
            raise RuntimeError("the engine panicked")
        if body == b"later":
            return Later(3)
        return Later(None) if body == b"never" else (422, str(len(body)).encode())

    def get(self, path: str) -> tuple[int, str, bytes]:
        return 200, "text/plain; version=1", path.encode()


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def server(echo: Echo) -> object:
    made = RpcServer(echo)
    made.start()
    yield made
    made.stop()


def _ask(server: RpcServer, method: str, path: str, body: bytes | None = None) -> tuple[int, str | None, bytes]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type"), response.read()
    finally:
        connection.close()


def test_carries_status_body_and_type(server: RpcServer) -> None:
    assert _ask(server, "POST", "/", b"12345") == (422, "application/json", b"5")
    assert _ask(server, "GET", "/status") == (200, "text/plain; version=1", b"/status")
    assert _ask(server, "HEAD", "/status") == (200, "text/plain; version=1", b"")
    assert _ask(server, "DELETE", "/")[0] == 405


def test_takes_large_bodies(server: RpcServer) -> None:
    assert _ask(server, "POST", "/", b"x" * 30_000_000)[2] == b"30000000"


def test_waits_for_what_is_pending(server: RpcServer) -> None:
    assert _ask(server, "POST", "/", b"later")[2] == b'{"late": true}'


def test_what_no_block_helps_is_answered_at_once(server: RpcServer) -> None:
    assert _ask(server, "POST", "/", b"never") == (408, "application/json", b'{"expired": true}')


def test_a_waiting_client_holds_up_nobody(server: RpcServer, echo: Echo) -> None:
    echo.paused = True
    waiting = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    waiting.request("POST", "/", b"never")
    assert _ask(server, "POST", "/", b"ab")[2] == b"2"
    echo.paused = False
    assert waiting.getresponse().status == 408
    waiting.close()


def test_a_defect_of_the_chain_reaches_the_client(server: RpcServer) -> None:
    status, kind, body = _ask(server, "POST", "/", b"defect")
    assert (status, kind) == (500, "application/json")
    assert json.loads(body)["error"]["data"] == "RuntimeError: the engine panicked"
    assert _ask(server, "POST", "/", b"ab")[2] == b"2"


def test_listens_on_the_loopback_only(server: RpcServer) -> None:
    assert server.url.startswith("http://127.0.0.1:")


def test_a_port_in_use_is_a_clear_error(server: RpcServer) -> None:
    taken = urlsplit(server.url).port
    with pytest.raises(PortInUse, match=f"port {taken} on 127.0.0.1 is in use by another program: choose another, or 0"):
        RpcServer(Echo(), port=taken or 0).start()


def test_a_port_is_free_again_after_the_stop() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for _ in range(2):
        server = RpcServer(Echo(), port=port)
        server.start()
        assert _ask(server, "POST", "/", b"x")[2] == b"1"
        server.stop()
        server.stop()


@pytest.mark.parametrize("port", [-1, 65_536, True, "3030"])
def test_what_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(InvalidSetting, match="use 1 to 65535, or 0"):
        RpcServer(Echo(), port=port)
