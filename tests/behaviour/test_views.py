"""What can be read: the state of now and of then, keys and code, what a block changed, and what views refuse."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from pathlib import Path
from typing import Any

import base58
import pytest

from near_harness import NEAR, Account, Contract, Near
from near_harness.errors import RpcError, UnknownAccount, UnknownBlock, ViewFailed


async def at(near: Near, request_type: str, block: Any, **params: Any) -> Any:
    """Ask about a block."""
    reference = {"block_id": block} if isinstance(block, (int, str)) else {"finality": "final"}
    return await near.client.rpc("query", {"request_type": request_type, **reference, **params})


async def test_the_state_of_then_and_of_now(near: Near, alice: Account, pool: Contract) -> None:
    first = await pool.deposit_and_stake().by(alice).attach(NEAR(1))
    await pool.deposit_and_stake().by(alice).attach(NEAR(2))
    header = (await near.client.rpc("block", {"block_id": first.raw["receipts_outcome"][-1]["block_hash"]}))["header"]
    args = base64.b64encode(f'{{"account_id": "{alice.id}"}}'.encode()).decode()
    call = {"account_id": pool.id, "method_name": "get_account_staked_balance", "args_base64": args}
    found = []
    for block in (header["height"], header["hash"], None):
        answer = await at(near, "call_function", block, **call)
        found.append(bytes(answer["result"]).decode().strip('"'))
    assert found == [str(int(NEAR(1))), str(int(NEAR(1))), str(int(NEAR(3)))]


async def test_code_and_its_hash(near: Near, bank: Contract, contracts: Path) -> None:
    code = (contracts / "bank.wasm").read_bytes()
    viewed, account = await asyncio.gather(
        near.client.query("view_code", account_id=bank.id), near.client.query("view_account", account_id=bank.id)
    )
    assert base64.b64decode(viewed["code_base64"]) == code
    assert viewed["hash"] == account["code_hash"] == base58.b58encode(hashlib.sha256(code).digest()).decode()


async def test_the_rows_of_a_contract(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    await bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(1)).gas("150 Tgas")
    rows = (await near.client.query("view_state", account_id=bank.id, prefix_base64=""))["values"]
    keys = [base64.b64decode(row["key"]) for row in rows]
    assert keys == sorted(keys) and b"STATE" in keys and len(keys) > 1
    prefix = base64.b64encode(b"STA").decode()
    only = (await near.client.query("view_state", account_id=bank.id, prefix_base64=prefix))["values"]
    assert [base64.b64decode(row["key"]) for row in only] == [b"STATE"]
    assert only[0] in rows


async def test_what_a_block_changed(near: Near, alice: Account, bob: Account) -> None:
    tx = await alice.transfer(bob, NEAR(1))
    receipt = tx.raw["receipts_outcome"][0]
    asked = {"block_id": receipt["block_hash"], "changes_type": "account_changes", "account_ids": [bob.id]}
    (change,) = (await near.client.rpc("EXPERIMENTAL_changes", asked))["changes"]
    assert change["cause"]["type"] == "receipt_processing"
    assert change["change"]["amount"] == str(int(NEAR(101)))


async def test_views_change_nothing_and_say_why_not(near: Near, bank: Contract, alice: Account) -> None:
    with pytest.raises(ViewFailed, match="ProhibitedInView"):
        await near.view(bank.id, "withdraw")
    with pytest.raises(ViewFailed, match="MethodNotFound"):
        await near.view(bank.id, "nothing_here")
    with pytest.raises(ViewFailed, match="CodeDoesNotExist"):
        await near.view(alice.id, "anything")
    assert await bank.total_credit().amount() == 0


async def test_what_is_not_there_is_named(near: Near, alice: Account) -> None:
    with pytest.raises(UnknownAccount, match=r"nobody\.sandbox"):
        await near.balance("nobody.sandbox")
    with pytest.raises(UnknownBlock):
        await near.client.rpc("block", {"block_id": 2**60})
    with pytest.raises(RpcError, match="has never been observed"):
        await near.client.query("view_code", account_id=alice.id)
    with pytest.raises(RpcError, match="METHOD_NOT_FOUND"):
        await near.client.rpc("nothing_here", {})
    with pytest.raises(RpcError, match="PARSE_ERROR"):
        await near.client.rpc("block", {"finality": "soon"})


async def test_blocks_follow_each_other(near: Near, alice: Account, bob: Account) -> None:
    tx = await alice.transfer(bob, NEAR(1))
    block = await near.client.rpc("block", {"block_id": tx.raw["transaction_outcome"]["block_hash"]})
    before = await near.client.rpc("block", {"block_id": block["header"]["prev_hash"]})
    assert before["header"]["height"] < block["header"]["height"]
    assert before["header"]["timestamp"] < block["header"]["timestamp"]
    chunk = await near.client.rpc("chunk", {"chunk_id": block["chunks"][0]["chunk_hash"]})
    assert tx.hash in [sent["hash"] for sent in chunk["transactions"]]
