"""Senders of signed transfers, as raw requests: nothing of a client library is between the test and the node."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import base58
from py_near import transactions

from near_harness.keys import KeyPair

VALIDITY_BLOCKS = 100
"""``transaction_validity_period``: with so many blocks after the one that was signed over, a transaction is too old."""


class Rpc:
    """One connection pool to a node."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def call(self, method: str, params: Any) -> dict[str, Any]:
        """The whole answer, whatever its HTTP status."""
        request = {"jsonrpc": "2.0", "id": "load", "method": method, "params": params}
        async with self._session.post(self._url, json=request) as response:
            answer: dict[str, Any] = json.loads(await response.read())
            return answer

    async def result(self, method: str, params: Any) -> Any:
        """The result of a call that has to succeed."""
        answer = await self.call(method, params)
        assert "result" in answer, answer
        return answer["result"]


@asynccontextmanager
async def connected(url: str, connections: int) -> AsyncIterator[Rpc]:
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections), timeout=timeout) as session:
        yield Rpc(session, url)


class Sender:
    """An account with a key, and the numbers of its transactions."""

    def __init__(self, rpc: Rpc, account_id: str) -> None:
        self.account_id = account_id
        self._rpc = rpc
        self._key = KeyPair.from_seed(account_id)
        self.sent: list[str] = []
        """Hashes in the order of their nonces, which begin with 1."""

    def records(self) -> list[dict[str, Any]]:
        """What a patch of the state needs to make the account."""
        account = {"amount": str(10**27), "locked": "0", "code_hash": "1" * 32, "storage_usage": 182}
        return [
            {"Account": {"account_id": self.account_id, "account": account}},
            {
                "AccessKey": {
                    "account_id": self.account_id,
                    "public_key": self._key.public_key,
                    "access_key": {"nonce": 0, "permission": "FullAccess"},
                }
            },
        ]

    async def fresh_block_hash(self) -> bytes:
        block = await self._rpc.result("block", {"finality": "final"})
        return base58.b58decode(block["header"]["hash"])

    def sign(self, receiver_id: str, yocto: int, block_hash: bytes) -> str:
        """The next transfer, as base64."""
        nonce = len(self.sent) + 1
        actions = [transactions.create_transfer_action(yocto)]
        parts = (self.account_id, self._key.raw, receiver_id, nonce, actions, block_hash)
        self.sent.append(transactions.calc_trx_hash(*parts))
        return str(transactions.sign_and_serialize_transaction(*parts))

    async def one_by_one(self, receiver_id: str, count: int, wait_until: str) -> None:
        """Wait for each transfer before the next one; every tenth is sent twice, at the same time."""
        for number in range(count):
            signed = self.sign(receiver_id, 1, await self.fresh_block_hash())
            request = {"signed_tx_base64": signed, "wait_until": wait_until}
            copies = 2 if number % 10 == 0 else 1
            answers = await asyncio.gather(*(self._rpc.result("send_tx", request) for _ in range(copies)))
            for answer in answers:
                assert answer["transaction"]["hash"] == self.sent[-1]
                assert answer["status"] == {"SuccessValue": ""}

    async def without_waiting(self, receiver_id: str, count: int, at_a_time: int) -> None:
        """Hand over transfers that nobody waits for, ``at_a_time`` between two looks at the chain."""
        for begin in range(0, count, at_a_time):
            block_hash = await self.fresh_block_hash()
            for _ in range(min(at_a_time, count - begin)):
                signed = self.sign(receiver_id, 1, block_hash)
                assert await self._rpc.result("broadcast_tx_async", [signed]) == self.sent[-1]
            last = {"tx_hash": self.sent[-1], "sender_account_id": self.account_id, "wait_until": "FINAL"}
            assert (await self._rpc.result("tx", last))["status"] == {"SuccessValue": ""}


async def transactions_of(rpc: Rpc, newest: str, oldest_height: int) -> list[dict[str, Any]]:
    """All transactions of the chain above a height, oldest first, from a block's hash backwards."""
    found: list[list[dict[str, Any]]] = []
    block_hash = newest
    while True:
        block = await rpc.result("block", {"block_id": block_hash})
        if block["header"]["height"] <= oldest_height:
            return [transaction for chunk in reversed(found) for transaction in chunk]
        (chunk,) = block["chunks"]
        if chunk["height_included"] == block["header"]["height"]:
            found.append((await rpc.result("chunk", {"chunk_id": chunk["chunk_hash"]}))["transactions"])
        block_hash = block["header"]["prev_hash"]
