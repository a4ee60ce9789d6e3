"""A chain in this process has two ways in, HTTP and none: they are one chain, also where both are used at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from near_harness import NEAR, Near, start, transactions
from near_harness.errors import NodeError, NodeUnreachable
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.registry import create_node
from near_harness.nodes.rpc import Rpc
from near_harness.rpc.client import Client


async def _over_http(near: Near, client: Client, name: str) -> object:
    account = near.account(f"{name}.sandbox")
    return await client.signer(account.id, account.key).send("sandbox", [transactions.transfer("1 NEAR")])


async def test_both_ways_lead_to_one_chain() -> None:
    async with start(node="embedded") as near:
        client = Client(near.node.rpc_url)
        alice = await near.create_account("alice", "100 NEAR")
        for _ in range(3):  # one key, in turn: each way finds the number that the other one has used
            await alice.transfer(near.root, "1 NEAR")
            await _over_http(near, client, "alice")
        assert NEAR(93) < await near.balance(alice) < NEAR(94)
        view = {"request_type": "view_account", "finality": "optimistic", "account_id": alice.id}
        assert await near.client.rpc("query", view) == await client.rpc("query", view)
        await client.close()


async def test_both_ways_at_once() -> None:
    async with start(node="embedded") as near:
        client = Client(near.node.rpc_url)
        accounts = await asyncio.gather(*(near.create_account(f"member{number}", "10 NEAR") for number in range(10)))
        senders: list[Awaitable[object]] = [account.transfer(near.root, "1 NEAR") for account in accounts[:5]]
        senders += [_over_http(near, client, f"member{number}") for number in range(5, 10)]
        await asyncio.wait_for(asyncio.gather(*senders), 30)
        for account in accounts:
            assert NEAR("8.9") < await near.balance(account) < NEAR(9)
        await client.close()


async def test_who_waits_at_a_paused_chain_is_cancelled_without_harm() -> None:
    async with start(node="embedded") as near:
        alice = await near.create_account("alice", "10 NEAR")
        async with near.paused():
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(alice.transfer(near.root, "1 NEAR"), 0.2)
        await alice.transfer(near.root, "1 NEAR")
        assert NEAR("7.9") < await near.balance(alice) < NEAR(8)


async def test_a_cache_that_cannot_be_made_costs_time_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contracts: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NEAR_HARNESS_CACHE", str(tmp_path / "file"))
    told: list[str] = []
    node = create_node(NodeSettings(tell=told.append))
    node.start()
    assert told == [
        f"compiled contracts are not kept in {tmp_path / 'file' / 'contracts'}: Not a directory; each run compiles them anew"
    ]
    near = Near(node)
    await near.deploy(contracts / "bank.wasm", "bank")
    assert await near.exists("bank.sandbox")
    node.stop()


def test_those_who_ask_for_the_address_at_once_get_the_same() -> None:
    node = create_node(NodeSettings())
    node.start()
    try:
        with ThreadPoolExecutor(8) as threads:
            (address,) = set(threads.map(lambda _: node.rpc_url, range(8)))
        assert Rpc(address).status()["chain_id"] == "sandbox"
        node.renew()
        assert node.rpc_url == address
    finally:
        node.stop()
    with pytest.raises(NodeUnreachable):
        Rpc(address).status()
    with pytest.raises(NodeError, match="not started"):
        _ = node.rpc_url


async def test_a_stopped_node_answers_nobody() -> None:
    node = create_node(NodeSettings())
    node.start()
    near = Near(node)
    await near.height()
    node.stop()
    with pytest.raises(NodeUnreachable, match="does not answer status: the embedded node is not started"):
        await near.client.rpc("status", [])
