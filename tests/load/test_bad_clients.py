"""Clients that read slowly, hang up, send too much or send nonsense: the others are served, and memory stays bounded."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import aiohttp
from load.traffic import Rpc, Sender, connected
from sandbox_process import SandboxProcess

MEBIBYTE = 1 << 20
SERVED_WITHIN_S = 2.0
"""How long an ordinary request may take beside all of these, on a machine that does other things as well."""

BODY_LIMIT = 10 * MEBIBYTE
"""``json_payload_max_size`` of the config.json that `init` writes."""


def resident_bytes(node: SandboxProcess) -> int:
    """How much memory the node holds."""
    found = subprocess.run(["ps", "-o", "rss=", "-p", str(node.pid)], capture_output=True, text=True, check=True)  # noqa: S603, S607
    return int(found.stdout) * 1024


async def everybody_else_is_served(rpc: Rpc) -> None:
    begin = time.monotonic()
    status = await rpc.result("status", [])
    assert status["chain_id"] == "sandbox"
    assert time.monotonic() - begin < SERVED_WITHIN_S


async def within(node: SandboxProcess, more_bytes: int, act: Callable[[Rpc], Awaitable[None]]) -> None:
    """Let bad clients do their work; others are served during it and after it, and the node has not grown."""
    async with connected(node.url, 4) as rpc:
        await everybody_else_is_served(rpc)
        before = resident_bytes(node)
        task = asyncio.ensure_future(act(rpc))
        most = before
        while not task.done():
            await everybody_else_is_served(rpc)
            most = max(most, resident_bytes(node))
            await asyncio.wait({task}, timeout=0.05)
        await task
        await everybody_else_is_served(rpc)
    grown = max(most, resident_bytes(node)) - before
    assert grown < more_bytes, f"the node grew by {grown / MEBIBYTE:.0f} MiB"


def post(node: SandboxProcess, body: bytes, *, length: int | None = None) -> bytes:
    """A request as bytes; ``length`` is what it says of itself."""
    header = f"POST / HTTP/1.1\r\nHost: {node.host}\r\nContent-Type: application/json\r\n"
    return f"{header}Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body


def request(method: str, params: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()


async def opened(node: SandboxProcess) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = node.host.partition(":")
    # The smallest buffer that the system gives: what is not read stays with the node.
    return await asyncio.open_connection(host, int(port), limit=1024)


async def test_slow_readers(node: SandboxProcess, contracts: Path) -> None:
    code = base64.b64encode((contracts / "bank.wasm").read_bytes()).decode()
    view = {"request_type": "view_code", "account_id": "big.near", "finality": "optimistic"}

    async def act(rpc: Rpc) -> None:
        account = {"amount": str(10**27), "locked": "0", "code_hash": "1" * 32, "storage_usage": 182}
        records = [
            {"Account": {"account_id": "big.near", "account": account}},
            {"Contract": {"account_id": "big.near", "code": code}},
        ]
        await rpc.result("sandbox_patch_state", {"records": records})
        connections = [await opened(node) for _ in range(100)]
        # Each asks for 20 answers of some hundred kilobytes: unread, they would be 400 MiB.
        for _, writer in connections:
            writer.write(post(node, request("query", view)) * 20)
        for _ in range(20):
            await everybody_else_is_served(rpc)
            for reader, _ in connections:
                assert await reader.read(1)
        for _, writer in connections:
            writer.close()

    await within(node, 150 * MEBIBYTE, act)


async def test_slow_and_silent_senders(node: SandboxProcess) -> None:
    async def act(rpc: Rpc) -> None:
        connections = [await opened(node) for _ in range(300)]
        wanted = post(node, request("status", []))
        for number, (_, writer) in enumerate(connections):
            writer.write(wanted[: number % len(wanted)])
        for _ in range(10):
            await everybody_else_is_served(rpc)
            await asyncio.sleep(0.05)
        for number, (reader, writer) in enumerate(connections[:50]):
            writer.write(wanted[number % len(wanted) :])
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        for _, writer in connections:
            writer.close()

    await within(node, 50 * MEBIBYTE, act)


async def test_clients_that_hang_up(node: SandboxProcess) -> None:
    async def act(rpc: Rpc) -> None:
        sender = Sender(rpc, "hasty.near")
        await rpc.result("sandbox_patch_state", {"records": sender.records()})
        for number in range(300):
            signed = sender.sign("sandbox", 1, await sender.fresh_block_hash())
            content = post(node, request("send_tx", {"signed_tx_base64": signed, "wait_until": "FINAL"}))
            _, writer = await opened(node)
            # A third hangs up in the middle of the request, and sends it properly after that.
            whole = number % 3 != 0
            writer.write(content if whole else content[: len(content) // 2])
            await writer.drain()
            if number % 2:
                writer.transport.abort()
            else:
                writer.close()
            # Whoever hung up: the transaction counts once, whether it arrived then or arrives now.
            answer = await rpc.result("send_tx", {"signed_tx_base64": signed, "wait_until": "EXECUTED_OPTIMISTIC"})
            assert answer["transaction"]["hash"] == sender.sent[-1]
        query = {"request_type": "view_access_key_list", "account_id": "hasty.near", "finality": "optimistic"}
        (key,) = (await rpc.result("query", query))["keys"]
        assert key["access_key"]["nonce"] == len(sender.sent)

    await within(node, 100 * MEBIBYTE, act)


async def test_bodies_that_are_too_large(node: SandboxProcess) -> None:
    filler = b" " * MEBIBYTE

    async def with_length(_rpc: Rpc) -> None:
        for _ in range(8):
            reader, writer = await opened(node)
            writer.write(post(node, b"", length=1 << 40))
            # It may answer and hang up while we are still sending.
            with suppress(ConnectionError):
                for _ in range(100):
                    writer.write(filler)
                    await writer.drain()
            answer = await reader.readline()
            assert answer.startswith(b"HTTP/1.1 413 ") or answer == b"", answer  # its words are others from Python 3.13 on
            writer.close()

    async def in_pieces(_rpc: Rpc) -> None:
        async def endless() -> object:
            for _ in range(100):
                yield filler

        async with aiohttp.ClientSession() as session:
            for _ in range(8):
                with suppress(aiohttp.ClientConnectionError):
                    async with session.post(node.url, data=endless(), headers={"Content-Type": "application/json"}) as answer:
                        assert answer.status == 413

    # What fits is answered, up to the last byte.
    status, _ = node.post(request("status", []).ljust(BODY_LIMIT))
    assert status == 200
    assert node.post(request("status", []).ljust(BODY_LIMIT + 1))[0] == 413
    await within(node, 100 * MEBIBYTE, with_length)
    await within(node, 100 * MEBIBYTE, in_pieces)


def nonsense(source: random.Random) -> list[tuple[bytes, int]]:
    """Bodies that are no requests, and the HTTP status that says so."""
    deep = 20_000
    return [
        (b"", 400),
        (b"{", 400),
        (b"[" * deep, 400),
        (b"[" * deep + b"]" * deep, 400),
        (b'{"a":' * deep + b"1" + b"}" * deep, 400),
        (b'"\xff\xfe"', 400),
        (b"[]", 400),
        (b"null", 400),
        (b'{"jsonrpc":"2.0"}', 400),
        (b'{"jsonrpc":"2.0","id":1,"method":"status","params":[],"more":1}', 400),
        (b"[" + request("status", []) + b"]", 400),
        (request("no_such_method", {}), 400),
        (request("block", {"block_id": -1}), 400),
        (request("block", {"block_id": 2**70}), 400),
        (request("query", {"request_type": "view_account", "account_id": "\u0000" * 1000, "finality": "final"}), 400),
        (request("send_tx", {"signed_tx_base64": "AAAA", "wait_until": "FINAL"}), 400),
        (request("sandbox_patch_state", {"records": [{"Nothing": {}}]}), 400),
        (source.randbytes(1000), 400),
    ]


async def test_a_flood_of_nonsense(node: SandboxProcess) -> None:
    source = random.Random(7)  # noqa: S311 - the same nonsense every time

    async def act(_rpc: Rpc) -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=32)) as session:

            async def send(body: bytes, wanted: int) -> None:
                async with session.post(node.url, data=body, headers={"Content-Type": "application/json"}) as answer:
                    text = await answer.text()
                    assert answer.status == wanted, (body[:100], answer.status, text[:300])
                    assert text
                    if text.startswith("{"):
                        error = json.loads(text)["error"]
                        assert error["code"] in {-32700, -32601, -32000}
                        assert error["message"]

            for _ in range(50):
                await asyncio.gather(*(send(*each) for _ in range(5) for each in nonsense(source)))

    await within(node, 100 * MEBIBYTE, act)
