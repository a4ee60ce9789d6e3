"""``near-harness node run``: JSON-RPC and pages; every link leads somewhere, and nothing is asked from elsewhere."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from near_harness import NEAR, TGas, start

if TYPE_CHECKING:
    from cli.conftest import Cli

_HOSTILE = "<script>alert(1)</script>"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def told() -> Iterator[dict[str, Any]]:
    """A node that runs, and what it said of itself."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NEAR_") or key == "NEAR_HARNESS_CACHE"}
    command = [sys.executable, "-m", "near_harness.cli", "node", "run", "--near-port", str(_free_port()), "--json"]
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        text = ""
        while not text.rstrip().endswith("}"):
            text += process.stdout.readline()
        found = json.loads(text)
        assert list(found) == ["schema", "rpc", "explorer", "protocol_version", "root_account", "root_key"]
        yield found
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stderr.read() == "stop it with Ctrl-C; the chain goes with it\n"
    finally:
        process.kill()
        process.stdout.close()
        process.stderr.close()
        process.wait()


@pytest.fixture(scope="module")
def story(told: dict[str, Any], contracts: Path) -> str:
    """The hash of a transaction with a failure and a refund inside; others happened before and after."""

    async def play() -> str:
        async with start(node=told["rpc"]) as near:
            alice = await near.create_account("alice")
            bob = await near.create_account("bob")
            demo = await near.deploy(contracts / "deposit_demo.wasm", "demo")
            tx = await demo.gives_back(callee=demo).by(alice).attach(NEAR(3)).gas(TGas(100)).attempt()
            await alice.call(demo.id, _HOSTILE, {"x": _HOSTILE}).attempt()
            await near.set_storage(demo, {_HOSTILE: "é" + _HOSTILE})
            await asyncio.gather(*(bob.transfer(alice, NEAR(1)) for _ in range(3)))
            return tx.hash

    return asyncio.run(play())


def _get(told: dict[str, Any], path: str) -> tuple[int, str, Any]:
    try:
        with urllib.request.urlopen(told["rpc"] + path, timeout=20) as answer:  # noqa: S310 - the loopback
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


def test_a_transaction_is_drawn(told: dict[str, Any], story: str) -> None:
    status, text, _ = _get(told, f"/transactions/{story}")
    assert status == 200
    assert "<svg " in text
    assert "ContractPanic: this callee refuses deposits" in text
    assert "refund 3 NEAR to demo.sandbox" in unescape(text)
    assert "<h4>Ledger (NEAR)</h4><div" in text
    assert "<td>alice.sandbox</td>" in text


def test_an_account_shows_what_it_has(told: dict[str, Any], story: str) -> None:  # noqa: ARG001 - it happened
    _, text, _ = _get(told, "/accounts/demo.sandbox")
    for shown in ("gives_back", "FullAccess", " bytes</dd>", "Storage"):
        assert shown in text
    _, text, _ = _get(told, "/")
    assert "bob.sandbox" in text
    assert re.findall(r"transactions</dt><dd>(\d+)", text) == [_get(told, "/explorer/count")[1]]


def test_every_link_leads_somewhere_and_nothing_is_asked_from_elsewhere(told: dict[str, Any], story: str) -> None:  # noqa: ARG001
    waiting, seen = ["/"], {"/"}
    while waiting:
        path = waiting.pop()
        status, text, headers = _get(told, path)
        assert status == 200, path
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert _HOSTILE not in text
        outside = set(re.findall(r"https?://[^\s\"'<]+", text)) - {"http://www.w3.org/2000/svg"}
        assert all(url.startswith(told["rpc"]) for url in outside), outside
        found = {unescape(link) for link in re.findall(r'href="([^"#]+)"', text)} - seen
        # Each block leads to the one before it: a few of them will do.
        found = {
            link for link in found if not link.startswith("/blocks/") or len([one for one in seen if "/blocks/" in one]) < 12
        }
        seen |= found
        waiting += found
    assert len(seen) > 20


@pytest.mark.parametrize(("path", "text"), [
    ("/accounts/nobody.sandbox", "account nobody.sandbox"),
    (f"/accounts/{quote(_HOSTILE.replace('/', '.'))}", "account <script>alert(1)<.script>"),
    ("/blocks/999999999", "block 999999999"),
    ("/transactions/none", "transaction none"),
    (f"/search?q={quote(_HOSTILE)}", ""),
])  # fmt: skip
def test_what_does_not_exist(told: dict[str, Any], path: str, text: str) -> None:
    status, body, _ = _get(told, path)
    assert status == 404
    assert "Not found" in body
    assert text in unescape(body)
    assert _HOSTILE not in body


@pytest.mark.parametrize(("wanted", "heading"), [("alice.sandbox", "alice.sandbox"), ("5", "Block 5"), (" sandbox ", "sandbox")])
def test_search(told: dict[str, Any], story: str, wanted: str, heading: str) -> None:
    assert f"<h1>{heading}</h1>" in _get(told, f"/search?q={quote(wanted)}")[1]
    assert story in _get(told, f"/search?q={story}")[1]


def test_the_root_account_and_key_that_it_names_work(told: dict[str, Any], cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text("async def test_x(near, alice): assert await alice.balance()\n")
    variables = {"NEAR_HARNESS_ROOT_ACCOUNT": told["root_account"], "NEAR_HARNESS_ROOT_KEY": told["root_key"]}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--near-node={told['rpc']}"]
    done = subprocess.run(  # noqa: S603 - our own tests
        command, cwd=tmp_path, env={**os.environ, **variables}, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout
    taken = cli("node", "run", "--near-port", told["rpc"].rpartition(":")[2])
    assert taken.returncode == 3
    assert "PortInUse" in taken.stderr


@pytest.mark.parametrize(("options", "text"), [
    (["--near-protocol", "5"], "the engine runs"),
    (["--near-protocol", "new"], "give a number such as 86, or 'latest'"),
    (["--account-id", "No Body"], "InvalidAccountId"),
])  # fmt: skip
def test_settings_that_cannot_be(cli: Cli, options: list[str], text: str) -> None:
    done = cli("node", "run", "--near-port", str(_free_port()), *options)
    assert (done.returncode, done.stdout) == (3, "")
    assert text in done.stderr
