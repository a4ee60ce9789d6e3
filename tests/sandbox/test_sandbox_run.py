"""``near-harness-sandbox run`` serves the chain of an edited home folder until a signal comes."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sandbox_process import SandboxProcess, command, init, running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    init(tmp_path, "--fast", "--account-id", "sandbox", "--test-seed", "sandbox", "--chain-id", "sandbox")
    return tmp_path


def edit(path: Path, change: Callable[[Any], None]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_a_final_block_that_is_not_genesis_exists_at_the_first_answer(home: Path) -> None:
    with running(home) as node:
        assert node.call("block", {"finality": "final"})["result"]["header"]["height"] >= 1


def test_blocks_come_by_themselves(sandbox: SandboxProcess) -> None:
    def height() -> int:
        return int(sandbox.call("status", [])["result"]["sync_info"]["latest_block_height"])

    before = height()
    time.sleep(1)
    assert 5 <= height() - before <= 15


def test_pages(sandbox: SandboxProcess) -> None:
    status, body = sandbox.get("/status")
    assert (status, json.loads(body)["chain_id"]) == (200, "sandbox")
    assert sandbox.get("/health") == (200, b"null")
    assert b"near_block_height_head" in sandbox.get("/metrics")[1]
    assert json.loads(sandbox.get("/network_info")[1])["active_peers"] == []
    assert sandbox.get("/dream")[0] == 404


def test_what_is_no_request_is_refused_as_nearcore_refuses_it(sandbox: SandboxProcess) -> None:
    assert sandbox.post(b"{")[0] == 400
    assert sandbox.post(b"{}", "text/plain")[0] == 415
    status, body = sandbox.post(b'[{"jsonrpc": "2.0", "id": 1, "method": "status", "params": []}]')
    assert (status, json.loads(body)["error"]["data"]) == (400, "JSON RPC Request format was expected")
    assert sandbox.call("dream", [])["error"]["cause"]["name"] == "METHOD_NOT_FOUND"


def test_browsers_may_ask(sandbox: SandboxProcess) -> None:
    headers = {"Origin": "http://page.example", "Access-Control-Request-Method": "POST"}
    _, found, _ = sandbox.fetch("OPTIONS", "/", headers=headers)
    assert found["Access-Control-Allow-Origin"] == "*"


def test_a_large_body_is_refused_beyond_the_limit_of_the_config(home: Path) -> None:
    edit(home / "config.json", lambda config: config["rpc"]["limits_config"].update(json_payload_max_size=5_000))
    with running(home) as node:
        assert node.post(b" " * 10_000)[0] == 413
        assert node.get("/status")[0] == 200


def test_an_edited_genesis_is_obeyed(home: Path) -> None:
    def add(genesis: Any) -> None:
        account = {"amount": "5", "locked": "0", "code_hash": "11111111111111111111111111111111", "storage_usage": 182}
        genesis["records"].append({"Account": {"account_id": "extra", "account": account}})
        genesis["total_supply"] = str(int(genesis["total_supply"]) + 5)
        genesis["protocol_version"] = 87

    edit(home / "genesis.json", add)
    with running(home) as node:
        view = {"request_type": "view_account", "account_id": "extra", "finality": "final"}
        assert node.call("query", view)["result"]["amount"] == "5"
        assert node.call("status", [])["result"]["protocol_version"] == 87


def test_time_runs_out_for_a_transaction_that_nobody_sent(home: Path) -> None:
    edit(
        home / "config.json",
        lambda config: config["rpc"]["polling_config"].update(polling_timeout={"secs": 0, "nanos": 500_000_000}),
    )
    with running(home) as node:
        unknown = {"tx_hash": "11111111111111111111111111111112", "sender_account_id": "sandbox"}
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tx", "params": unknown}).encode()
        began = time.monotonic()
        status, answer = node.post(body)
        assert (status, json.loads(answer)["error"]["cause"]) == (408, {"name": "TIMEOUT_ERROR"})
        assert 0.4 < time.monotonic() - began < 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_quietly(home: Path, number: signal.Signals) -> None:
    with running(home) as node:
        assert node.end(number) == 0


def test_it_starts_again_on_another_port(home: Path) -> None:
    for _ in range(2):
        with running(home) as node:
            assert node.get("/status")[0] == 200


def test_a_port_in_use_is_named(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = command("--home", str(home), "run", "--rpc-addr", address)
    assert done.returncode == 1
    assert address in done.stderr and "in use" in done.stderr


@pytest.mark.parametrize(
    ("file", "content", "text"),
    [
        ("genesis.json", None, "does not exist"),
        ("genesis.json", "{", "no JSON"),
        ("genesis.json", "{}", "genesis.json"),
        ("config.json", "[]", "object"),
        ("config.json", '{"rpc": {"addr": 7}}', "rpc.addr"),
    ],
)
def test_a_broken_home_is_named(home: Path, file: str, content: str | None, text: str) -> None:
    if content is None:
        (home / file).unlink()
    else:
        (home / file).write_text(content)
    done = command("--home", str(home), "run", "--rpc-addr", "127.0.0.1:0")
    assert done.returncode == 1
    assert text in done.stderr and "Traceback" not in done.stderr
