"""What a node keeps in ``data``: everything that it has told of, whatever ends it."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from fidelity_signing import key_pair, public_key, signed_transaction
from rpc_chain import NEAR, ROOT, transfer
from sandbox_process import SandboxProcess, command, init, running

from near_harness.nodes.engine import load_engine
from near_harness.sandbox.files import BrokenHome
from near_harness.sandbox.store import KeptChain, Store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    init(tmp_path, "--fast", "--account-id", ROOT, "--test-seed", ROOT, "--chain-id", "sandbox")
    return tmp_path


def view(node: SandboxProcess, account_id: str) -> Any:
    return node.call("query", {"request_type": "view_account", "finality": "optimistic", "account_id": account_id})


def send(node: SandboxProcess, receiver: str, actions: list[Any]) -> str:
    """Send a transaction of the root and return its hash; an answer has come for it."""
    key = key_pair(ROOT)
    asked = {
        "request_type": "view_access_key",
        "finality": "optimistic",
        "account_id": ROOT,
        "public_key": public_key(key),
    }
    signed, tx_hash = signed_transaction(
        key,
        signer=ROOT,
        receiver=receiver,
        nonce=node.call("query", asked)["result"]["nonce"] + 1,
        block_hash=node.call("block", {"finality": "final"})["result"]["header"]["hash"],
        actions=actions,
    )
    answer = node.call("send_tx", {"signed_tx_base64": signed, "wait_until": "EXECUTED_OPTIMISTIC"})
    assert "result" in answer, answer
    return tx_hash


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_chain_goes_on_where_it_was(home: Path, number: signal.Signals) -> None:
    with running(home) as node:
        tx_hash = send(node, "alice.sandbox", ["CreateAccount", transfer(5 * NEAR)])
        block = node.call("block", {"finality": "final"})["result"]["header"]
        patched = {"Data": {"account_id": "alice.sandbox", "data_key": "a2V5", "value": "dmFsdWU="}}
        assert "result" in node.call("sandbox_patch_state", {"records": [patched]})
        node.end(number)
    with running(home) as node:
        assert view(node, "alice.sandbox")["result"]["amount"] == str(5 * NEAR)
        again = node.call("block", {"block_id": block["hash"]})["result"]["header"]
        assert again == block, "the same blocks, to the last hash"
        outcome = node.call("tx", {"tx_hash": tx_hash, "sender_account_id": ROOT, "wait_until": "FINAL"})
        assert outcome["result"]["status"] == {"SuccessValue": ""}
        state = {"request_type": "view_state", "finality": "final", "account_id": "alice.sandbox", "prefix_base64": ""}
        assert node.call("query", state)["result"]["values"] == [{"key": "a2V5", "value": "dmFsdWU="}]
        send(node, "alice.sandbox", [transfer(NEAR)])


def test_a_forwarded_clock_goes_on_from_there(home: Path) -> None:
    with running(home) as node:
        node.call("sandbox_fast_forward", {"delta_height": 500})
        head = node.call("block", {"finality": "final"})["result"]["header"]
        assert node.end(signal.SIGTERM) == 0
    with running(home) as node:
        later = node.call("block", {"finality": "optimistic"})["result"]["header"]
        assert later["height"] > head["height"]
        assert later["timestamp"] > head["timestamp"]


def test_without_its_data_a_chain_begins_anew(home: Path) -> None:
    with running(home) as node:
        send(node, "alice.sandbox", ["CreateAccount", transfer(NEAR)])
        assert node.end(signal.SIGTERM) == 0
    shutil.rmtree(home / "data")
    with running(home) as node:
        assert view(node, "alice.sandbox")["error"]["cause"]["name"] == "UNKNOWN_ACCOUNT"


def test_a_changed_genesis_is_another_chain(home: Path) -> None:
    with running(home) as node:
        assert node.end(signal.SIGTERM) == 0
    genesis = json.loads((home / "genesis.json").read_text())
    genesis["gas_limit"] //= 2
    (home / "genesis.json").write_text(json.dumps(genesis))
    done = command("--home", str(home), "run", "--rpc-addr", "127.0.0.1:0")
    assert done.returncode == 1
    assert "another genesis" in done.stderr
    assert "Remove" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_database_is_named(home: Path) -> None:
    (home / "data").mkdir()
    (home / "data" / "chain.sqlite3").write_bytes(b"no database" * 100)
    done = command("--home", str(home), "run", "--rpc-addr", "127.0.0.1:0")
    assert done.returncode == 1
    assert "chain.sqlite3" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_of_a_newer_version_is_refused(home: Path) -> None:
    edited(home, "UPDATE about SET value = '99' WHERE name = 'format'")
    assert "newer" in refused(home)


def edited(home: Path, statement: str) -> None:
    """Let a chain begin, and edit its database."""
    with running(home) as node:
        assert node.end(signal.SIGTERM) == 0
    with closing(sqlite3.connect(home / "data" / "chain.sqlite3")) as database, database:
        database.execute(statement)


def refused(home: Path) -> str:
    """Start a node that cannot start, and return what it says."""
    done = command("--home", str(home), "run", "--rpc-addr", "127.0.0.1:0")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE about SET value = 'x' WHERE name = 'format'", "is damaged: its format is 'x'. Remove"),
        ("UPDATE blocks SET entry = x'00' WHERE height = 2", "does not fit its genesis.json: "),
        ("UPDATE blocks SET height = -height", "does not fit its genesis.json: "),
        ("DROP TABLE blocks", "no such table: blocks. Remove"),
    ],
)
def test_what_is_wrong_with_the_blocks_is_said_of_their_database(home: Path, statement: str, said: str) -> None:
    edited(home, statement)
    text = refused(home)
    assert f"{home}/data/chain.sqlite3" in text and said in text and f"Remove {home}/data to begin" in text
    done = command("--home", str(home), "view-state", "dump-state")
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr


def test_two_nodes_do_not_share_a_home(home: Path) -> None:
    with running(home):
        assert f"another node runs with {home}: stop it" in refused(home)


def test_a_node_that_cannot_keep_a_block_tells_of_none_and_ends(home: Path) -> None:
    with running(home) as node:
        with closing(sqlite3.connect(home / "data" / "chain.sqlite3", timeout=10)) as database:
            database.execute("DROP TABLE blocks")
        forward = {"jsonrpc": "2.0", "id": 1, "method": "sandbox_fast_forward", "params": {"delta_height": 5}}
        with suppress(ConnectionError, HTTPException):  # its ticker may have been first
            assert node.post(json.dumps(forward).encode())[0] == 500
        code, text = node.ended_by_itself()
    assert code == 1
    assert f"{home}/data/chain.sqlite3: no such table" in text and "Traceback" not in text


def test_a_full_disk_is_told(home: Path) -> None:
    genesis = json.loads((home / "genesis.json").read_text())
    chain = load_engine().Chain(json.dumps(genesis), blocks="manual")
    store = Store(home, genesis)
    kept = KeptChain(chain, store)
    store._database.execute("PRAGMA max_page_count = 5")
    with pytest.raises(BrokenHome, match=r"chain\.sqlite3: database or disk is full\. Make room on the disk and start"):
        kept.produce_blocks(1000)
    with pytest.raises(BrokenHome, match="disk is full"):  # what it has forgotten it cannot go on from
        kept.request(b'{"jsonrpc": "2.0", "id": 1, "method": "status"}')
    store.close()
    again = load_engine().Chain(json.dumps(genesis), blocks="manual")
    store = Store(home, genesis)
    KeptChain(again, store)
    assert again.height == 0
    store.close()


@pytest.mark.parametrize("options", [(), ("--stream",)])
def test_the_state_is_dumped_while_the_node_runs(home: Path, options: tuple[str, ...]) -> None:
    with running(home) as node:
        send(node, "alice.sandbox", ["CreateAccount", transfer(5 * NEAR)])
        done = command("--home", str(home), "view-state", "dump-state", *options)
        assert done.returncode == 0, done.stderr
    path = home / "output" / "genesis.json" if options else home / "output.json"
    dumped = json.loads(path.read_text())
    accounts = {r["Account"]["account_id"]: r["Account"]["account"] for r in dumped["records"] if "Account" in r}
    assert accounts["alice.sandbox"]["amount"] == str(5 * NEAR)
    if options:
        assert json.loads((home / "output" / "records.json").read_text()) == dumped["records"]
        with running(home / "output") as copy:
            assert view(copy, "alice.sandbox")["result"]["amount"] == str(5 * NEAR)


def test_status_shows_address_and_key(home: Path) -> None:
    with running(home) as node:
        status = node.call("status", [])["result"]
    assert status["rpc_addr"].startswith("127.0.0.1:")
    assert status["node_public_key"] == json.loads((home / "node_key.json").read_text())["public_key"]
