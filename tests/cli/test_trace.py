"""``near-harness trace``: from a node's RPC, from saved answers, and from answers that are odd or broken."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import base58
import pytest
import recorded

from near_harness import NEAR, Near, TGas, transactions
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.registry import create_node
from near_harness.outcome import Outcome
from near_harness.trace import TraceError, from_text, hash_in

if TYPE_CHECKING:
    from cli.conftest import Cli


UNKNOWN = base58.b58encode(b"x" * 32).decode()


@pytest.fixture(scope="module")
def happened(contracts: Path) -> Iterator[tuple[str, Outcome, Outcome]]:
    """A node that runs, a transaction with a failure inside that happened on it, and another one that crossed it."""
    node = create_node(NodeSettings())
    node.start()

    async def play() -> tuple[Outcome, Outcome]:
        near = Near(node)
        alice = await near.create_account("alice")
        demo = await near.deploy(contracts / "deposit_demo.wasm", "demo")
        tx = await demo.gives_back(callee=demo).by(alice).attach(NEAR(3)).gas(TGas(100)).attempt()
        async with near.paused() as chain:
            sent = await chain.send(demo.gives_back(callee=demo).by(alice).attach(NEAR(3)))
            await chain.submit(alice, demo, [transactions.transfer("1 NEAR")])
        crossed = await sent.attempt()
        await near.client.close()
        return tx, crossed

    yield node.rpc_url, *asyncio.run(play())
    node.stop()


def test_of_a_node(cli: Cli, happened: tuple[str, Outcome, Outcome], tmp_path: Path) -> None:
    url, tx, _ = happened
    done = cli(
        "trace", f"https://an.explorer/txns/{tx.hash}?tab=x", "--rpc", url, "--sender", "alice.sandbox", "--save", "tx.json"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"transaction {tx.hash}  alice.sandbox -> demo.sandbox  succeeded, 1 failed inside")
    assert "ContractPanic: this callee refuses deposits" in done.stdout
    assert "refund" in done.stdout
    ledger = done.stdout.partition("Ledger (NEAR):")[2]
    assert "alice.sandbox" in ledger
    assert "all together" in ledger
    assert "note:" not in done.stdout
    assert done.stderr == f"asking {url} for {tx.hash}\n"

    saved = json.loads(cli("trace", "tx.json", "--near-protocol", "86", "--json").stdout)
    assert saved["transaction"] == tx.hash
    assert saved["ledger"] is None
    asked = json.loads(cli("trace", tx.hash, "--rpc", url, "--sender", "alice.sandbox", "--json").stdout)
    assert {**asked, "ledger": None} == saved
    assert asked["ledger"]["alice.sandbox"]["unexplained"] == "0"
    assert (tmp_path / "tx.json").exists()


def test_money_that_another_transaction_moved_in_the_same_blocks(cli: Cli, happened: tuple[str, Outcome, Outcome]) -> None:
    url, _, tx = happened
    done = cli("trace", tx.hash, "--rpc", url, "--sender", "alice.sandbox")
    assert "unexplained" not in done.stdout
    assert re.search(r"\nothers: alice\.sandbox ~-1\.\d+ NEAR in the same blocks, by transaction \w{43,44}", done.stdout)
    assert re.search(r"\nothers: demo\.sandbox \+1 NEAR in the same blocks, by receipt \w{43,44}\n", done.stdout)
    rows = json.loads(cli("trace", tx.hash, "--rpc", url, "--sender", "alice.sandbox", "--json").stdout)["ledger"]
    assert {row["unexplained"] for row in rows.values()} == {"0"}
    assert rows["demo.sandbox"]["others"] == str(10**24)
    assert rows["demo.sandbox"]["by_others"][0].startswith("receipt ")


def test_a_protocol_version_that_nobody_knows_is_refused(
    cli: Cli, happened: tuple[str, Outcome, Outcome], tmp_path: Path
) -> None:
    url, tx, _ = happened
    saved = tmp_path / "tx.json"
    assert cli("trace", tx.hash, "--rpc", url, "--sender", "alice.sandbox", "--save", str(saved)).returncode == 0
    done = cli("trace", str(saved), "--near-protocol", "999")
    assert (done.returncode, done.stdout) == (3, "")
    assert "InvalidSetting: protocol version 999 (--near-protocol): the newest that is known here is " in done.stderr
    assert cli("trace", str(saved), "--near-protocol", "60").returncode == 0  # of old transactions


@pytest.mark.parametrize(("form", "start"), [("mermaid", "sequenceDiagram"), ("svg", "<svg ")])
def test_drawings(cli: Cli, happened: tuple[str, Outcome, Outcome], form: str, start: str) -> None:
    url, tx, _ = happened
    assert cli("trace", tx.hash, "--rpc", url, "--sender", "alice.sandbox", "--as", form).stdout.startswith(start)


def test_what_a_node_does_not_know(cli: Cli, happened: tuple[str, Outcome, Outcome]) -> None:
    url, *_ = happened
    done = cli("trace", UNKNOWN, "--rpc", url, "--sender", "alice.sandbox")
    assert done.returncode == 3
    assert "TraceError: the node does not know the transaction" in done.stderr
    assert cli("trace", UNKNOWN).returncode == 3
    nobody = cli("trace", UNKNOWN, "--rpc", "http://127.0.0.1:9", "--sender", "a.near")
    assert "NodeUnreachable: http://127.0.0.1:9 does not answer" in nobody.stderr


def test_hashes_in_texts() -> None:
    name = "8b7Zx3mC4vQkP2nT9wYhRfGdSaJuEeLoKiMcVbNxZqW1"[:44]
    assert hash_in(f"https://x/tx/{name}#y") == name
    for text in ("no hash", "tx.json", "1" * 50):
        with pytest.raises(TraceError, match="is no file, and holds no transaction hashes"):
            hash_in(text)


def _answer() -> dict[str, Any]:
    return deepcopy(recorded.answer(recorded.suite("deposit_and_stake")["steps"][-1]["note"]))


def _told(raw: Any) -> str:
    trace = from_text(json.dumps(raw), "the file", 86)
    return f"{trace.outcome}\n{trace.notes}"


def test_wrapped_answers() -> None:
    raw = _answer()
    plain = _told(raw)
    assert _told({"jsonrpc": "2.0", "id": "x", "result": raw}) == plain
    assert _told([{"jsonrpc": "2.0", "id": 1, "result": raw}]) == plain


def test_an_answer_of_tx_has_no_receipts() -> None:
    raw = _answer()
    del raw["receipts"]
    assert "who sent what is not known" in _told(raw)


def test_a_transaction_under_way() -> None:
    raw = _answer()
    raw["receipts_outcome"] = raw["receipts_outcome"][:1]
    raw["status"] = "Started"
    assert "receipts were not executed when the node answered" in _told(raw)
    with pytest.raises(TraceError, match="has no outcome yet: final_execution_status is 'INCLUDED'"):
        _told({"final_execution_status": "INCLUDED"})


def test_metadata_of_old_nodes() -> None:
    raw = _answer()
    for outcome in raw["receipts_outcome"]:
        outcome["outcome"]["metadata"] = {"version": 1, "gas_profile": None}
    _told(raw)
    for outcome in raw["receipts_outcome"]:
        del outcome["outcome"]["metadata"]
    _told(raw)


@pytest.mark.parametrize(("raw", "text"), [
    ([], "holds no JSON object, but list"),
    ("x", "holds no JSON object, but str"),
    ({"error": {"name": "HANDLER_ERROR"}}, "is an error of a node"),
    ({"transaction_outcome": 5}, "is no answer of EXPERIMENTAL_tx_status"),
    ({"result": {"transaction_outcome": {}, "transaction": {}}}, "is no answer of EXPERIMENTAL_tx_status"),
])  # fmt: skip
def test_what_is_no_answer(raw: Any, text: str) -> None:
    with pytest.raises(TraceError, match=text):
        _told(raw)


def test_a_receipt_that_makes_itself_is_no_tree() -> None:
    raw = _answer()
    outcome = raw["receipts_outcome"][0]
    outcome["outcome"]["receipt_ids"].append(outcome["id"])
    with pytest.raises(TraceError, match="that it was made twice"):
        _told(raw)


def test_anything_broken_is_told_or_drawn() -> None:
    values: list[Any] = [None, -1, 10**40, "", "x", [], {}, True, 1.5, ["x"], {"x": 1}]
    maker = random.Random(5)  # noqa: S311 - the same each time

    def spoil(node: Any) -> None:
        while isinstance(node, (dict, list)) and node:
            key = maker.choice(list(node)) if isinstance(node, dict) else maker.randrange(len(node))
            if not isinstance(node[key], (dict, list)) or maker.random() < 0.2:
                node[key] = maker.choice(values)
                return
            node = node[key]

    from near_harness.cli.trace import _as_json, _drawn

    broken = 0
    for _ in range(300):
        raw = _answer()
        spoil(raw)
        try:
            trace = from_text(json.dumps(raw), "the file", 86)
        except TraceError:
            broken += 1
        else:
            assert _drawn(trace, "text")
            assert json.dumps(_as_json(trace))
    assert 20 < broken < 280


def test_files_that_cannot_be_read(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\0")
    (tmp_path / "text.json").write_text("{no json")
    assert "binary.json cannot be read: it is no text" in cli("trace", "binary.json").stderr
    assert "text.json is no JSON" in cli("trace", "text.json").stderr
