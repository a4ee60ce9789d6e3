"""How long the nodes outside of this process take: from ``start()`` to an answer, to stop, and for a transfer until FINAL.

    python benchmarks/node_kinds.py [NODE ...] [--starts 5]

``NODE`` is what ``--near-node`` takes, such as ``binary`` or ``docker:near-harness/sandbox:ci``; by default ``binary``. A node
that cannot be started is an error.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time

from rich.console import Console
from rich.table import Table

from near_harness import NEAR, Near
from near_harness.config import Settings
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.registry import create_node

TRANSFERS = 10


def measure(settings: NodeSettings, starts: int) -> dict[str, list[float]]:
    """Milliseconds of each start, stop and transfer."""
    taken: dict[str, list[float]] = {"start until it answers": [], "stop, nothing left": [], "a transfer until FINAL": []}
    for turn in range(starts):
        node = create_node(settings)
        begin = time.perf_counter()
        node.start()
        taken["start until it answers"].append((time.perf_counter() - begin) * 1000)
        try:
            if turn == 0:
                taken["a transfer until FINAL"] = asyncio.run(transfers(Near(node)))
        finally:
            begin = time.perf_counter()
            node.stop()
        taken["stop, nothing left"].append((time.perf_counter() - begin) * 1000)
    return taken


async def transfers(near: Near) -> list[float]:
    """Milliseconds of each of some transfers."""
    alice, taken = await near.create_account("alice"), []
    for _ in range(TRANSFERS):
        begin = time.perf_counter()
        await near.root.transfer(alice, NEAR(1))
        taken.append((time.perf_counter() - begin) * 1000)
    await near.client.close()
    return taken


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("nodes", nargs="*", default=["binary"])
    parser.add_argument("--starts", type=int, default=5)
    chosen = parser.parse_args()
    table = Table("node, milliseconds", "", "median", "best", "worst", box=None, padding=(0, 3, 0, 0))
    for settings in Settings.resolve(node=chosen.nodes).nodes:
        for what, taken in measure(settings, chosen.starts).items():
            table.add_row(
                settings.name, what, *(f"{number:.0f}" for number in (statistics.median(taken), min(taken), max(taken)))
            )
    Console(width=120).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
