"""``near-harness trace`` over TLS, with headers: certificates that are trusted or not, and keys that are never shown."""

from __future__ import annotations

import http.client
import http.server
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import trustme

from near_harness import NEAR, Near
from near_harness.errors import InvalidSetting, NodeUnreachable
from near_harness.rpc.endpoint import Endpoint, headers_of
from near_harness.rpc.jsonrpc import shown_address

if TYPE_CHECKING:
    from cli.conftest import Cli

KEY = "s3cr3t-0123456789"
_Happened = tuple[str, str]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who issues the certificates."""
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    """The authority's certificate as a file."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


class _Front(http.server.BaseHTTPRequestHandler):
    """Passes requests on to the node, when they have the key."""

    node = ""
    seen: list[tuple[str, str | None]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["Authorization"] or self.headers["X-Api-Key"]))
        if KEY not in f"{self.path} {self.seen[-1][1]}":
            self._answer(401, f"no key: {self.headers['X-Api-Key']}".encode())
            return
        node = urlsplit(self.node)
        connection = http.client.HTTPConnection(node.hostname or "", node.port)
        connection.request("POST", "/", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        self._answer(response.status, response.read())
        connection.close()

    def _answer(self, status: int, text: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


@contextmanager
def _front(node: str, certificate: trustme.LeafCert | None) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """A server before the node: its address, and what it was asked for with which key."""
    seen: list[tuple[str, str | None]] = []
    handler = type("Handler", (_Front,), {"node": node, "seen": seen})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
async def happened(near: Near) -> _Happened:
    """A node's address, and the hash of a transfer that happened on it."""
    alice, bob = await near.create_account("alice"), await near.create_account("bob")
    return near.node.rpc_url, (await alice.transfer(bob, NEAR(1))).hash


def test_a_trusted_certificate_and_a_key_in_a_header(
    cli: Cli, happened: _Happened, authority: trustme.CA, ca_file: Path, tmp_path: Path
) -> None:
    node, tx_hash = happened
    arguments = ["trace", tx_hash, "--sender", "alice.sandbox"]
    with _front(node, authority.issue_cert("127.0.0.1")) as (url, seen):
        asked = ["--rpc", f"{url}/v1/{KEY}?apiKey={KEY}", "--save", "tx.json"]
        done = cli(*arguments, *asked, "--ca-file", str(ca_file), "--header", f"Authorization: Bearer {KEY}")
        assert done.returncode == 0, done.stderr
        assert "alice.sandbox -> bob.sandbox  succeeded" in done.stdout
        assert done.stderr == f"asking {url}/… for {tx_hash}\n"
        assert set(seen) == {(f"/v1/{KEY}?apiKey={KEY}", f"Bearer {KEY}")}
        named = cli(
            *arguments, "--rpc", url, SSL_CERT_FILE=str(ca_file), NEAR_HARNESS_RPC_HEADERS=f"X-Api-Key: {KEY}\nX-Other: 1"
        )
        assert named.stdout == done.stdout
        assert seen[-1] == ("/", KEY)
    assert KEY not in done.stdout + done.stderr + (tmp_path / "tx.json").read_text()


def test_a_key_is_not_shown_where_a_server_sends_it_back(cli: Cli, happened: _Happened) -> None:
    with _front(happened[0], None) as (url, _):
        done = cli("trace", happened[1], "--sender", "a.near", "--rpc", url, "--header", "X-Api-Key: the-wr0ng-key-123")
    assert done.returncode == 3
    assert "answers EXPERIMENTAL_tx_status with HTTP 401: b'no key: …'" in done.stderr


@pytest.mark.parametrize(("name", "valid_until", "reason"), [
    ("127.0.0.1", timedelta(days=2), "unable to get local issuer certificate"),
    ("other.example", timedelta(days=2), "IP address mismatch, certificate is not valid for '127.0.0.1'"),
    ("127.0.0.1", timedelta(days=-1), "certificate has expired"),
])  # fmt: skip
def test_certificates_that_are_not_accepted(
    authority: trustme.CA, ca_file: Path, name: str, valid_until: timedelta, reason: str
) -> None:
    until = datetime.now(timezone.utc) + valid_until
    certificate = authority.issue_cert(name, not_before=until - timedelta(days=3), not_after=until)
    trusted = None if "issuer" in reason else ca_file
    with _front("", certificate) as (url, seen):
        node = Endpoint(url, ca_file=trusted)
        with pytest.raises(NodeUnreachable, match=f"{url} shows a certificate that is not accepted: {reason}.*SSL_CERT_FILE"):
            node.call("status", [])
        assert seen == []


def test_an_untrusted_certificate_on_the_command_line(cli: Cli, happened: _Happened, authority: trustme.CA) -> None:
    with _front(happened[0], authority.issue_cert("127.0.0.1")) as (url, _):
        done = cli("trace", happened[1], "--sender", "alice.sandbox", "--rpc", url)
    assert done.returncode == 3
    assert f"Error: CertificateRefused: {url} shows a certificate that is not accepted" in done.stderr


def test_contracts_are_read_over_tls_as_well(happened: _Happened, authority: trustme.CA, ca_file: Path) -> None:
    program = (
        "import asyncio, sys; from near_harness.chain.contract_import import fetch_contract; "
        "print(asyncio.run(fetch_contract(sys.argv[1], 'bob.sandbox')).source)"
    )
    with _front(happened[0], authority.issue_cert("127.0.0.1")) as (url, _):

        def read(**environment: str) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-c", program, f"{url}/{KEY}"]
            return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - our own

        assert read(SSL_CERT_FILE=str(ca_file)).stdout == f"{url}/…\n"
        assert "CertificateRefused" in read().stderr


def test_tls_where_there_is_none(happened: _Happened, authority: trustme.CA) -> None:
    with _front(happened[0], None) as (url, _):
        secure = url.replace("http:", "https:")
        with pytest.raises(
            NodeUnreachable, match=f"{secure} does not speak TLS as it should .*: where it has none, write http://"
        ):
            Endpoint(secure).call("status", [])
    with _front(happened[0], authority.issue_cert("127.0.0.1")) as (url, _):
        plain = url.replace("https:", "http:")
        with pytest.raises(NodeUnreachable, match=f"{plain} does not answer status"):
            Endpoint(plain).call("status", [])


def test_settings_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no certificate")
    with pytest.raises(InvalidSetting, match=r"no\.pem \(--ca-file\) holds no certificates in PEM form"):
        Endpoint("https://127.0.0.1:1", ca_file=tmp_path / "no.pem").call("status", [])
    with pytest.raises(InvalidSetting, match=r"missing\.pem \(--ca-file\) cannot be read: No such file"):
        Endpoint("https://127.0.0.1:1", ca_file=tmp_path / "missing.pem").call("status", [])
    assert headers_of(["A: b c ", "X-Key:1"], "--header") == (("A", "b c"), ("X-Key", "1"))
    for line in (KEY, f": {KEY}", f"A b: {KEY}", f"A: {KEY}é", f"A: {KEY}\r\nB: c"):
        with pytest.raises(InvalidSetting, match=r"header 1 .* is no header") as refused:
            headers_of([line], "--header")
        assert KEY not in str(refused.value)


@pytest.mark.parametrize(("url", "shown"), [
    ("http://127.0.0.1:3030", "http://127.0.0.1:3030"),
    ("https://rpc.example/", "https://rpc.example"),
    (f"https://me:{KEY}@rpc.example:9/{KEY}", "https://rpc.example:9/…"),
    (f"https://rpc.example?key={KEY}", "https://rpc.example/…"),
])  # fmt: skip
def test_what_is_shown_of_an_address(url: str, shown: str) -> None:
    assert shown_address(url) == shown


@pytest.mark.parametrize("url", ["rpc.example", "ftp://rpc.example", "http://", "http://x:port", f"http://x:99999/{KEY}", ""])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(InvalidSetting, match="is no address of a node") as refused:
        Endpoint(url)
    assert KEY not in str(refused.value)
