"""Sending, waiting, asking again."""

from __future__ import annotations

from typing import Any

import pytest
from rpc_chain import ROOT, RpcChain, RpcError, opened, transfer

LEVELS = ["NONE", "INCLUDED", "EXECUTED_OPTIMISTIC", "INCLUDED_FINAL", "EXECUTED", "FINAL"]


@pytest.fixture
def rpc() -> RpcChain:
    return RpcChain()


@pytest.mark.parametrize("level", LEVELS)
def test_a_send_waits_for_its_level(rpc: RpcChain, level: str) -> None:
    result = rpc.send("near", [transfer(1)], wait_until=level)
    reached = result["final_execution_status"]
    assert LEVELS.index(reached) >= LEVELS.index(level)
    assert ("transaction_outcome" in result) == (level != "NONE")
    if level == "FINAL":
        # The transfer's receipt and the refund of the gas that was bought too dear.
        assert [outcome["outcome"]["executor_id"] for outcome in result["receipts_outcome"]] == ["near", ROOT]
    if level == "INCLUDED":
        assert result["status"] == "Started"


def test_levels_follow_the_blocks() -> None:
    rpc = RpcChain(blocks="manual")
    signed, digest = rpc.sign("near", [transfer(1)])
    waiting = {level: rpc.start("send_tx", {"signed_tx_base64": signed, "wait_until": level}) for level in LEVELS[1:]}
    reached: dict[str, int] = {}
    for block in range(1, 7):
        rpc.chain.produce_blocks(1)
        for level, pending in list(waiting.items()):
            answer = pending.poll()
            if answer is not None:
                assert opened(answer)["transaction"]["hash"] == digest
                reached[level] = block
                del waiting[level]
    # The receipt runs one block after the transaction, its refund another one later; a block is final two blocks later.
    assert reached == {"INCLUDED": 1, "EXECUTED_OPTIMISTIC": 2, "INCLUDED_FINAL": 3, "EXECUTED": 3, "FINAL": 5}


def test_time_runs_out_for_one_that_waits() -> None:
    rpc = RpcChain(blocks="manual")
    signed, _ = rpc.sign("near", [transfer(1)])
    pending = rpc.start("broadcast_tx_commit", [signed])
    status, _ = pending.expire()
    assert status == 408


def test_a_resend_gets_the_same_answer(rpc: RpcChain) -> None:
    signed, digest = rpc.sign("near", [transfer(1)])
    first = rpc.call("send_tx", {"signed_tx_base64": signed, "wait_until": "FINAL"})
    assert rpc.call("send_tx", {"signed_tx_base64": signed, "wait_until": "FINAL"}) == first
    assert rpc.call("broadcast_tx_commit", [signed]) == first
    assert rpc.call("broadcast_tx_async", [signed]) == digest
    assert rpc.call("tx", [digest, ROOT]) == first
    assert rpc.call("tx", [digest, "whoever.near"]) == first


def test_an_answer_comes_for_one_sent_without_waiting(rpc: RpcChain) -> None:
    signed, digest = rpc.sign("near", [transfer(1)])
    assert rpc.call("broadcast_tx_async", [signed]) == digest
    request = {"tx_hash": digest, "sender_account_id": ROOT, "wait_until": "INCLUDED"}
    for _ in range(10):
        result = rpc.call("tx", request)
        if result["final_execution_status"] == "FINAL":
            break
    assert result["final_execution_status"] == "FINAL"


@pytest.mark.parametrize("method", ["EXPERIMENTAL_tx_status", "tx_status"])
def test_receipts_come_with_the_status(rpc: RpcChain, method: str) -> None:
    digest = rpc.send("near", [transfer(1)])["transaction"]["hash"]
    result = rpc.call(method, {"tx_hash": digest, "sender_account_id": ROOT, "wait_until": "FINAL"})
    assert [receipt["predecessor_id"] for receipt in result["receipts"]] == [ROOT, "system"]
    for receipt in result["receipts"]:
        assert rpc.call("EXPERIMENTAL_receipt", {"receipt_id": receipt["receipt_id"]}) == receipt
        origin = rpc.call("EXPERIMENTAL_receipt_to_tx", {"receipt_id": receipt["receipt_id"]})
        assert origin == {"transaction_hash": digest, "sender_account_id": ROOT}


def test_the_receipt_of_a_transaction_to_oneself_is_not_listed(rpc: RpcChain) -> None:
    digest = rpc.send(ROOT, [transfer(1)])["transaction"]["hash"]
    result = rpc.call("EXPERIMENTAL_tx_status", {"tx_hash": digest, "sender_account_id": ROOT, "wait_until": "FINAL"})
    assert [receipt["predecessor_id"] for receipt in result["receipts"]] == ["system"]
    assert len(result["receipts_outcome"]) == 2


def refusal(rpc: RpcChain, method: str, params: Any) -> RpcError:
    with pytest.raises(RpcError) as found:
        rpc.call(method, params)
    return found.value


def test_an_unknown_transaction(rpc: RpcChain) -> None:
    unknown = {"tx_hash": "1" * 32, "sender_account_id": ROOT}
    assert (refusal(rpc, "tx", unknown).status, refusal(rpc, "tx", unknown).cause) == (408, "TIMEOUT_ERROR")
    assert refusal(rpc, "tx", {**unknown, "wait_until": "NONE"}).cause == "UNKNOWN_TRANSACTION"


def test_an_invalid_transaction_is_refused_and_named(rpc: RpcChain) -> None:
    signed, _ = rpc.sign("near", [transfer(1)], step=0)
    error = refusal(rpc, "send_tx", [signed])
    assert (error.status, error.cause) == (200, "INVALID_TRANSACTION")
    assert "InvalidNonce" in error.error["data"]["TxExecutionError"]["InvalidTxError"]
    # The same in the form in which a question brings the transaction along.
    assert refusal(rpc, "tx", [signed]).cause == "INVALID_TRANSACTION"


def test_an_invalid_transaction_that_nobody_waits_for_vanishes(rpc: RpcChain) -> None:
    signed, digest = rpc.sign("near", [transfer(1)], step=0)
    unseen = {"signed_tx_base64": signed, "wait_until": "NONE"}
    assert rpc.call("send_tx", unseen) == {"final_execution_status": "NONE"}
    assert rpc.call("broadcast_tx_async", [signed]) == digest
    known = {"tx_hash": digest, "sender_account_id": ROOT, "wait_until": "NONE"}
    assert refusal(rpc, "tx", known).cause == "UNKNOWN_TRANSACTION"
    # Who brings it along is told why.
    error = refusal(rpc, "tx", unseen)
    assert error.cause == "INVALID_TRANSACTION"
    assert "InvalidNonce" in error.error["data"]["TxExecutionError"]["InvalidTxError"]


def test_a_valid_transaction_that_is_in_no_block_is_unknown() -> None:
    rpc = RpcChain(blocks="manual")
    signed, _ = rpc.sign("near", [transfer(1)])
    unseen = {"signed_tx_base64": signed, "wait_until": "NONE"}
    for _ in range(2):  # before it is sent, and when it waits for a block
        assert refusal(rpc, "tx", unseen).cause == "UNKNOWN_TRANSACTION"
        rpc.call("send_tx", unseen)
    rpc.chain.produce_blocks(1)
    assert rpc.call("tx", unseen)["final_execution_status"] == "INCLUDED"


@pytest.mark.parametrize("params", [["AAAA"], ["***"], [], ["AAAA", "AAAA"], {}, {"signed_tx_base64": 7}, None])
def test_what_is_no_transaction_is_a_parse_error(rpc: RpcChain, params: Any) -> None:
    for method in ("send_tx", "broadcast_tx_async", "broadcast_tx_commit"):
        assert (refusal(rpc, method, params).status, refusal(rpc, method, params).cause) == (400, "PARSE_ERROR")


def test_transactions_keep_their_order_and_none_is_lost() -> None:
    rpc = RpcChain(blocks="manual")
    sent = [rpc.sign("near", [transfer(1)], step=step) for step in range(1, 31)]
    for signed, _ in reversed(sent):
        rpc.call("broadcast_tx_async", [signed])
    rpc.chain.produce_blocks(3)
    chunks = [rpc.call("chunk", [[height, 0]])["transactions"] for height in (1, 2, 3)]
    assert [tx["hash"] for chunk in chunks for tx in chunk] == [digest for _, digest in sent]
