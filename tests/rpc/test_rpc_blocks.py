"""Blocks, chunks, what they changed, and proofs of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import base58
import pytest
from rpc_chain import ROOT, RpcChain, RpcError, transfer


@pytest.fixture
def rpc() -> RpcChain:
    return RpcChain()


def test_a_block_is_found_by_each_of_its_names(rpc: RpcChain) -> None:
    rpc.chain.produce_blocks(5)
    block = rpc.call("block", {"block_id": 3})
    digest = block["header"]["hash"]
    assert block["author"] == ROOT
    for params in ({"block_id": digest}, [3], [digest]):
        assert rpc.call("block", params) == block
    heights = {f: rpc.call("block", {"finality": f})["header"]["height"] for f in ("optimistic", "near-final", "final")}
    assert heights == {"optimistic": 5, "near-final": 4, "final": 3}
    for checkpoint in ("genesis", "earliest_available"):
        assert rpc.call("block", {"sync_checkpoint": checkpoint})["header"]["height"] == 0


def test_headers_tell_what_the_block_before_did(rpc: RpcChain) -> None:
    rpc.send("near", [transfer(1)])
    height = rpc.head()["height"]
    headers = [rpc.call("block", [h])["header"] for h in range(height + 1)]
    for before, header in pairwise(headers):
        assert header["prev_hash"] == before["hash"] and header["prev_height"] == before["height"]
        assert header["timestamp"] > before["timestamp"]
        assert header["block_ordinal"] == before["block_ordinal"] + 1
    used = [rpc.call("chunk", [[h, 0]])["header"]["gas_used"] for h in range(1, height + 1)]
    burnt = [int(rpc.call("chunk", [[h, 0]])["header"]["balance_burnt"]) for h in range(1, height + 1)]
    assert sum(used) == 223_182_562_500 * 3  # the transaction, its receipt, the refund
    supplies = [int(header["total_supply"]) for header in headers]
    assert supplies[0] - supplies[-1] == sum(burnt) > 0


def test_a_skipped_height_has_no_block(rpc: RpcChain) -> None:
    before = rpc.head()["height"]
    assert rpc.call("sandbox_fast_forward", {"delta_height": 30}) == {}
    assert rpc.head()["height"] >= before + 30
    assert rpc.call("block", {"finality": "final"})["header"]["height"] >= before + 30
    with pytest.raises(RpcError) as skipped:
        rpc.call("block", {"block_id": before + 10})
    assert (skipped.value.status, skipped.value.cause) == (422, "UNKNOWN_BLOCK")
    with pytest.raises(RpcError) as future:
        rpc.call("block", {"block_id": before + 1_000})
    assert (future.value.status, future.value.cause) == (200, "UNKNOWN_BLOCK")


def test_a_chunk_is_found_by_each_of_its_names(rpc: RpcChain) -> None:
    outcome = rpc.send("near", [transfer(1)])
    digest = outcome["transaction_outcome"]["block_hash"]
    chunk = rpc.call("chunk", {"block_id": digest, "shard_id": 0})
    assert [tx["hash"] for tx in chunk["transactions"]] == [outcome["transaction"]["hash"]]
    height = chunk["header"]["height_included"]
    for params in ([[height, 0]], [chunk["header"]["chunk_hash"]], {"chunk_id": chunk["header"]["chunk_hash"]}):
        assert rpc.call("chunk", params) == chunk
    after = rpc.call("chunk", [[height + 1, 0]])
    assert [receipt["receiver_id"] for receipt in after["receipts"]] == ["near"]
    assert rpc.call("EXPERIMENTAL_congestion_level", {"chunk_id": chunk["header"]["chunk_hash"]}) == {"congestion_level": 0.0}


def test_views_of_the_past(rpc: RpcChain) -> None:
    rpc.create("a.sandbox", near=5)
    old = rpc.head()
    rpc.send("a.sandbox", [transfer(7)])
    now = int(rpc.view("view_account", account_id="a.sandbox")["amount"])
    for block_id in (old["height"], old["hash"]):
        then = rpc.view("view_account", account_id="a.sandbox", block_id=block_id)
        assert int(then["amount"]) == now - 7
        assert (then["block_height"], then["block_hash"]) == (old["height"], old["hash"])
    with pytest.raises(RpcError, match="UNKNOWN_ACCOUNT"):
        rpc.view("view_account", account_id="a.sandbox", block_id=0)


@pytest.mark.parametrize("method", ["changes", "EXPERIMENTAL_changes"])
def test_changes_of_a_block(rpc: RpcChain, method: str) -> None:
    rpc.create("a.sandbox")
    outcome = rpc.send("a.sandbox", [transfer(7)])
    block = outcome["receipts_outcome"][0]["block_hash"]
    request = {"block_id": block, "changes_type": "account_changes", "account_ids": ["a.sandbox"]}
    (change,) = rpc.call(method, request)["changes"]
    assert change["cause"] == {"type": "receipt_processing", "receipt_hash": outcome["receipts_outcome"][0]["id"]}
    assert change["change"]["account_id"] == "a.sandbox"
    assert change["change"]["amount"] == rpc.view("view_account", account_id="a.sandbox")["amount"]
    kinds = rpc.call("EXPERIMENTAL_changes_in_block", {"block_id": block})["changes"]
    assert {"type": "account_touched", "account_id": "a.sandbox"} in kinds


def root_of(leaf: str, path: Iterable[dict[str, Any]]) -> str:
    digest = base58.b58decode(leaf)
    for item in path:
        other = base58.b58decode(item["hash"])
        pair = other + digest if item["direction"] == "Left" else digest + other
        digest = hashlib.sha256(pair).digest()
    return base58.b58encode(digest).decode()


def test_a_light_client_can_check_a_block_and_an_outcome(rpc: RpcChain) -> None:
    outcome = rpc.send("near", [transfer(1)])
    rpc.chain.produce_blocks(7)
    head = rpc.head()
    for height in (0, 1, head["height"] - 1):
        block = rpc.call("block", [height])["header"]["hash"]
        proof = rpc.call("EXPERIMENTAL_light_client_block_proof", {"block_hash": block, "light_client_head": head["hash"]})
        assert root_of(block, proof["block_proof"]) == head["block_merkle_root"]
    request = {
        "type": "transaction",
        "transaction_hash": outcome["transaction"]["hash"],
        "sender_id": ROOT,
        "light_client_head": head["hash"],
    }
    proof = rpc.call("EXPERIMENTAL_light_client_proof", request)
    committed = proof["outcome_proof"]["block_hash"]
    assert rpc.call("block", [committed])["header"]["prev_hash"] == outcome["transaction_outcome"]["block_hash"]
    assert root_of(committed, proof["block_proof"]) == head["block_merkle_root"]
    with pytest.raises(RpcError, match="UNKNOWN_TRANSACTION_OR_RECEIPT"):
        rpc.call("light_client_proof", {**request, "transaction_hash": head["hash"]})


def test_the_next_block_for_a_light_client() -> None:
    rpc = RpcChain(epoch_length=10)
    rpc.chain.produce_blocks(45)
    epochs = []
    last = rpc.call("block", [1])["header"]["hash"]
    while True:
        found = rpc.call("next_light_client_block", [last])
        if not found:
            break
        epochs.append(found["inner_lite"]["epoch_id"])
        last = rpc.call("block", [found["inner_lite"]["height"]])["header"]["hash"]
    assert len(epochs) >= 3
    assert rpc.call("block", [last])["header"]["height"] == rpc.call("block", {"finality": "final"})["header"]["height"]
