"""From any receipt back to its transaction: action receipts, data, what resumes a promise that was yielded, time-outs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fidelity_replay import replay
from rpc_chain import RpcChain, RpcError


def played(name: str) -> RpcChain:
    """A chain on which a recorded suite has run."""
    rpc = RpcChain()

    def call(method: str, params: Any) -> dict[str, Any]:
        try:
            return {"result": rpc.call(method, params)}
        except RpcError as error:
            return {"error": error.error}

    report = replay(name, call)
    assert report.equal == report.steps > 0
    return rpc


def chunks(rpc: RpcChain) -> Iterator[dict[str, Any]]:
    height = rpc.head()["height"]
    while height > 0:
        chunk = rpc.call("chunk", [[height, 0]])
        yield chunk
        height = rpc.call("block", [chunk["header"]["prev_block_hash"]])["header"]["height"]


def transactions(rpc: RpcChain) -> dict[str, Any]:
    """All transactions with their receipts, by hash."""
    sent = [tx for chunk in chunks(rpc) for tx in chunk["transactions"]]
    asked = ({"tx_hash": tx["hash"], "sender_account_id": tx["signer_id"], "wait_until": "INCLUDED"} for tx in sent)
    return {params["tx_hash"]: rpc.call("EXPERIMENTAL_tx_status", params) for params in asked}


def kind(receipt: dict[str, Any]) -> str:
    ((name, body),) = receipt["receipt"].items()
    if name != "Data":
        return str(name)
    if not body.get("is_promise_resume"):
        return "Data"
    return "resume" if body["data"] is not None else "time-out"


def sends_data_to(tx: dict[str, Any]) -> set[str]:
    bodies = (receipt["receipt"].get("Action", {}) for receipt in tx["receipts"])
    return {to["data_id"] for body in bodies for to in body.get("output_data_receivers", [])}


def waits_for(tx: dict[str, Any]) -> set[str]:
    bodies = (receipt["receipt"].get("Action", {}) for receipt in tx["receipts"])
    return {data_id for body in bodies for data_id in body.get("input_data_ids", [])}


@pytest.mark.parametrize(
    ("suite", "kinds"),
    [
        ("promises", {"Action", "Data"}),
        ("yield_resume", {"Action", "resume"}),
        ("yield_later", {"Action", "resume", "time-out"}),
        ("global_contracts", {"Action"}),
    ],
)
def test_every_receipt_goes_back_to_its_transaction(suite: str, kinds: set[str]) -> None:
    rpc = played(suite)
    known = transactions(rpc)
    seen = set()
    for chunk in chunks(rpc):
        for receipt in chunk["receipts"]:
            receipt_id, what = receipt["receipt_id"], kind(receipt)
            origin = rpc.call("EXPERIMENTAL_receipt_to_tx", {"receipt_id": receipt_id})
            tx = known[origin["transaction_hash"]]
            assert origin["sender_account_id"] == tx["transaction"]["signer_id"]
            executed_by = {outcome["outcome"]["executor_id"] for outcome in tx["receipts_outcome"]}
            if what == "Action":
                assert receipt_id in {outcome["id"] for outcome in tx["receipts_outcome"]}
            elif what == "Data":
                assert receipt["receipt"]["Data"]["data_id"] in sends_data_to(tx)
            elif what == "time-out":
                assert receipt["receipt"]["Data"]["data_id"] in waits_for(tx)
            else:
                assert receipt["predecessor_id"] in executed_by
            seen.add(what)
    assert kinds <= seen


def test_a_receipt_that_nobody_knows() -> None:
    with pytest.raises(RpcError) as refused:
        RpcChain().call("EXPERIMENTAL_receipt_to_tx", {"receipt_id": "1" * 32})
    assert refused.value.cause == "UNKNOWN_RECEIPT"
