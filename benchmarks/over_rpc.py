"""What a JSON-RPC request costs beside the same request to a server that does nothing, in the same run.

    python benchmarks/over_rpc.py [--requests 1000] [--clients 16] [--rounds 5]

The floor is aiohttp's client against aiohttp's server with an empty handler, in a process of its own as the node is: what HTTP,
the kernel and both Python programs cost in any case. A transfer that waits for FINAL has its floor in a request of its size.
Rounds of floor and node take turns, so that what else the machine does meets both. Latency is one request after the other on
one connection; throughput is of many clients at once.

Medians are held against what the project promises: a `query` at most 0.3 ms above the floor, a `send_tx` of a transfer that
waits for FINAL at most 1 ms. Exits with 1 where one is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp
import base58
from aiohttp import web
from py_near import transactions
from rich.console import Console
from rich.table import Table

from near_harness.keys import KeyPair

QUERY_LIMIT_MS, TRANSFER_LIMIT_MS = 0.3, 1.0
ROOT = "sandbox"
_START_LIMIT_S = 30.0
_NODE = (sys.executable, "-m", "near_harness.sandbox")


def _serve_nothing(ready: Connection) -> None:
    """Answer every POST at once with a small JSON object."""

    async def empty(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=b'{"jsonrpc":"2.0","id":1,"result":{}}', content_type="application/json")

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/", empty)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ready.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(serve())


@contextmanager
def floor_server() -> Iterator[str]:
    """The URL of a server that does nothing."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve_nothing, args=(there,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


@contextmanager
def node_server() -> Iterator[str]:
    """The URL of the embedded node, as ``near-harness-sandbox`` runs it."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        home = ("--home", str(Path(folder) / "near"))
        named = ("--account-id", ROOT, "--test-seed", ROOT, "--chain-id", ROOT)
        subprocess.run([*_NODE, *home, "init", "--fast", *named], check=True, stderr=subprocess.DEVNULL)  # noqa: S603
        run = [*_NODE, *home, "run", "--rpc-addr", f"127.0.0.1:{port}"]
        process = subprocess.Popen(run, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Client:
    """A connection pool and JSON-RPC."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def call(self, method: str, params: Any) -> Any:
        """Send a request; the result, read as JSON as every client does."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        async with self._session.post(self._url, json=body) as response:
            answer = json.loads(await response.read())
        if "result" not in answer:
            raise RuntimeError(f"{method}: {answer}")
        return answer["result"]

    async def until_ready(self) -> None:
        """Wait until the server answers."""
        until = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < until:
            with suppress(aiohttp.ClientError):
                await self.call("status", [])
                return
            await asyncio.sleep(0.05)
        raise TimeoutError(self._url)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Client]:
    """A client of a server that answers."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        client = Client(session, url)
        await client.until_ready()
        yield client


class Payer:
    """Signs transfers of one key, ahead of time: signing is no part of what is measured."""

    def __init__(self, client: Client, account_id: str = ROOT) -> None:
        self._client = client
        self._account_id = account_id
        self._key = KeyPair.from_seed(account_id)
        self._nonce = 0
        self._hash = b""

    def record(self) -> list[dict[str, Any]]:
        """What a patch of the state needs to make the account."""
        account = {"amount": str(10**27), "locked": "0", "code_hash": "1" * 32, "storage_usage": 182}
        key = {"nonce": 0, "permission": "FullAccess"}
        return [
            {"Account": {"account_id": self._account_id, "account": account}},
            {"AccessKey": {"account_id": self._account_id, "public_key": self._key.public_key, "access_key": key}},
        ]

    async def transfer(self) -> dict[str, str]:
        """The parameters of the next transfer."""
        block = await self._client.call("block", {"finality": "final"})
        self._nonce += 1
        action = transactions.create_transfer_action(1)
        parts = (self._account_id, self._key.raw, ROOT, self._nonce, [action], base58.b58decode(block["header"]["hash"]))
        return {"signed_tx_base64": str(transactions.sign_and_serialize_transaction(*parts)), "wait_until": "FINAL"}


@dataclass
class Series:
    """Milliseconds of a kind of request, on the node and on the floor."""

    name: str
    limit_ms: float | None
    node: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)

    @property
    def above_ms(self) -> float:
        """How much more the node takes, at the median."""
        return statistics.median(self.node) - statistics.median(self.floor)

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        return self.limit_ms is None or self.above_ms <= self.limit_ms


async def timed(call: Awaitable[object]) -> float:
    """Milliseconds of one request."""
    begin = time.perf_counter()
    await call
    return (time.perf_counter() - begin) * 1000


VIEW = {"request_type": "view_account", "account_id": ROOT, "finality": "optimistic"}


async def latencies(node: Client, floor: Client, payer: Payer, requests: int, rounds: int) -> list[Series]:
    """One request after the other, in rounds that take turns."""
    query = Series("query view_account", QUERY_LIMIT_MS)
    block = Series("block, by finality", None)
    transfer = Series("send_tx of a transfer, FINAL", TRANSFER_LIMIT_MS)
    each = max(1, requests // rounds)
    for _ in range(rounds):
        for series, method, params in ((query, "query", VIEW), (block, "block", {"finality": "final"})):
            for _ in range(each):
                series.floor.append(await timed(floor.call(method, params)))
            for _ in range(each):
                series.node.append(await timed(node.call(method, params)))
        for _ in range(each):
            signed = await payer.transfer()
            transfer.floor.append(await timed(floor.call("send_tx", signed)))
            transfer.node.append(await timed(node.call("send_tx", signed)))
    return [query, block, transfer]


async def per_second(clients: int, requests: int, work: Callable[[int, int], Awaitable[None]]) -> float:
    """Requests a second, of many clients at once."""
    each = max(1, requests // clients)
    begin = time.perf_counter()
    await asyncio.gather(*(work(client, each) for client in range(clients)))
    return clients * each / (time.perf_counter() - begin)


async def throughputs(node: Client, floor: Client, clients: int, requests: int) -> list[tuple[str, float, float]]:
    """Name, requests a second of the node, and of the floor."""

    async def queries(client: Client, count: int) -> None:
        for _ in range(count):
            await client.call("query", VIEW)

    payers = [Payer(node, f"payer{number}.near") for number in range(clients)]
    await node.call("sandbox_patch_state", {"records": [record for payer in payers for record in payer.record()]})

    async def transfers(number: int, count: int) -> None:
        for _ in range(count):
            await node.call("send_tx", await payers[number].transfer())

    async def two_each(_: int, count: int) -> None:
        # A transfer is two requests: the hash of a block, and the transaction.
        await queries(floor, 2 * count)

    return [
        (
            "query view_account",
            await per_second(clients, requests, lambda _, count: queries(node, count)),
            await per_second(clients, requests, lambda _, count: queries(floor, count)),
        ),
        (
            "block hash, then a transfer until FINAL",
            await per_second(clients, requests, transfers),
            await per_second(clients, requests, two_each),
        ),
    ]


def print_latencies(console: Console, found: list[Series]) -> None:
    """The table of latencies."""
    columns = ("floor", "node", "above it", "ratio", "node p90", "at most")
    table = Table("latency, milliseconds (medians)", *columns, box=None, padding=(0, 3, 0, 0))
    for series in found:
        floor, node = statistics.median(series.floor), statistics.median(series.node)
        p90 = statistics.quantiles(series.node, n=10)[8]
        limit = "" if series.limit_ms is None else f"{series.limit_ms:.1f} above"
        numbers = (f"{floor:.2f}", f"{node:.2f}", f"{series.above_ms:+.2f}", f"{node / floor:.2f}", f"{p90:.2f}")
        table.add_row(series.name, *numbers, limit if series.kept else f"[red]{limit}: missed")
    console.print(table)


def print_throughputs(console: Console, clients: int, found: list[tuple[str, float, float]]) -> None:
    """The table of throughputs."""
    table = Table(f"per second, {clients} clients at once", "floor", "node", "ratio", box=None, padding=(0, 3, 0, 0))
    for name, node, floor in found:
        table.add_row(name, f"{floor:,.0f}", f"{node:,.0f}", f"{node / floor:.2f}")
    console.print(table)


async def measure(urls: tuple[str, str], chosen: argparse.Namespace) -> bool:
    """Measure and print; whether the promises are kept."""
    async with connected(urls[0]) as node, connected(urls[1]) as floor:
        payer = Payer(node)
        await latencies(node, floor, payer, 100, 1)  # what is new to both processes is not measured
        found = await latencies(node, floor, payer, chosen.requests, chosen.rounds)
        fast = await throughputs(node, floor, chosen.clients, chosen.requests)
    console = Console(width=120)
    print_latencies(console, found)
    console.print()
    print_throughputs(console, chosen.clients, fast)
    return all(series.kept for series in found)


def main() -> int:
    """Start both servers, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=1000, help="of each kind (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=16, help="at once, for the throughput (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of floor and node (default: %(default)s)")
    chosen = parser.parse_args()
    with node_server() as node, floor_server() as floor:
        return 0 if asyncio.run(measure((node, floor), chosen)) else 1


if __name__ == "__main__":
    sys.exit(main())
