"""How long a call and a start of the embedded node take, beside the floor that HTTP itself sets in the same run.

    python benchmarks/embedded.py [--calls 300] [--starts 20]

Medians are compared with what the project promises: 5 ms for a call, 20 ms for a start. Exits with 1 where one is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from near_harness import Near, start
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.registry import create_node
from near_harness.nodes.server import RpcServer
from near_harness.rpc.client import Client

WASM = Path(__file__).parent.parent / "contracts" / "compiled" / "callback_results.wasm"
CALL_LIMIT_MS, START_LIMIT_MS = 5.0, 20.0


class NoOp:
    """What an RPC request costs without a chain behind it."""

    pooled = gapped = in_flight = paused = False
    height = 0

    def produce_blocks(self, count: int = 1) -> None:
        """There are no blocks."""

    def request(self, body: bytes) -> tuple[int, bytes]:
        """Answer at once."""
        return 200, b'{"jsonrpc":"2.0","id":"near-harness","result":{}}' if body else b""

    def get(self, path: str) -> tuple[int, str, bytes]:
        """Answer at once."""
        return 200, "text/plain", path.encode()


async def timed(times: int, act: Callable[[], Awaitable[object]]) -> list[float]:
    """Milliseconds of each of ``times`` runs."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        await act()
        taken.append((time.perf_counter() - begin) * 1000)
    return taken


async def floor(times: int) -> list[float]:
    """One HTTP request with an empty answer, over the same client and server."""
    server = RpcServer(NoOp())
    server.start()
    try:
        client = Client(server.url)
        await client.rpc("status", [])
        return await timed(times, lambda: client.rpc("status", []))
    finally:
        server.stop()


async def calls(near: Near, times: int) -> tuple[list[float], list[float]]:
    """Calls of a near-sdk method until FINAL, and views of it."""
    alice, contract = await near.create_account("alice"), await near.deploy(WASM, "contract")

    async def call() -> None:
        await contract.count().by(alice)

    async def view() -> None:
        await contract.counter()

    await timed(10, call)
    return await timed(times, call), await timed(times, view)


def starts(times: int) -> list[float]:
    """Start a node until it answers; the first one, which loads the engine, is left out."""
    taken = []
    for _ in range(times + 1):
        begin = time.perf_counter()
        node = create_node(NodeSettings())
        node.start()
        taken.append((time.perf_counter() - begin) * 1000)
        node.stop()
    return taken[1:]


async def measure(call_times: int) -> tuple[list[float], list[float], list[float]]:
    """Everything that needs an event loop."""
    empty = await floor(call_times)
    async with start(node="embedded") as near:
        return empty, *await calls(near, call_times)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--starts", type=int, default=20)
    chosen = parser.parse_args()
    started = starts(chosen.starts)
    empty, called, viewed = asyncio.run(measure(chosen.calls))
    rows = (
        ("an HTTP request without a chain (the floor)", empty, None),
        ("a view of a near-sdk method", viewed, None),
        ("a call of a near-sdk method, until FINAL", called, CALL_LIMIT_MS),
        ("start of a node", started, START_LIMIT_MS),
    )
    table = Table("embedded node, milliseconds", "median", "best", "p90", "at most", box=None, padding=(0, 3, 0, 0))
    for what, taken, limit in rows:
        p90 = statistics.quantiles(taken, n=10)[8]
        shown = (f"{number:.2f}" for number in (statistics.median(taken), min(taken), p90))
        table.add_row(what, *shown, "" if limit is None else f"{limit:.0f}")
    Console(width=120).print(table)
    return int(any(limit is not None and statistics.median(taken) > limit for _, taken, limit in rows))


if __name__ == "__main__":
    sys.exit(main())
