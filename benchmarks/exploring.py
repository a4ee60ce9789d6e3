"""Receipts that an exploration executes in a second of one core, with near-sdk contracts.

    python benchmarks/exploring.py [--flows 4] [--times 5]

Concurrent calls with callbacks (a bank that asks a pool), explored in every order. ``the engine alone``: the same receipts, one
after the other, without a search. Measured is processor time, so that other programs do not count; the best of several runs.
Refunds and receipts that are only laid down are not counted. Exits with 1 where fewer than 8,000 are executed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from direct import COMPILED
from rich.console import Console
from rich.table import Table

from near_harness import start
from near_harness.explore.exploration import Exploration
from near_harness.explore.moves import Move, Moves, Position
from near_harness.explore.question import Question
from near_harness.explore.search import Search
from near_harness.explore.serial import run_first_in_first_out

PROMISED = 8_000


class _Nobody:
    """A judge who is content with everything."""

    def step(self, _position: Position, _move: Move, _step: Any, _path: Sequence[Move]) -> bool:
        return False

    def end(self, _position: Position, _path: Sequence[Move]) -> bool:
        return False


def best(times: int, act: Callable[[], tuple[int, int]]) -> tuple[int, int, float]:
    """Run ``act``, which gives orders and receipts, and return them with the most receipts in a second of the processor."""
    rates = []
    for _ in range(times):
        begin = time.process_time()
        orders, receipts = act()
        rates.append(receipts / (time.process_time() - begin))
    return orders, receipts, max(rates)


async def measure(flows: int, times: int) -> list[tuple[str, int, int, float]]:
    """Measure the engine alone, the search, and an exploration with its oracles."""
    async with start(node="embedded") as near:
        bank, pool = await near.deploy(COMPILED / "bank.wasm", "bank"), await near.deploy(COMPILED / "staking_pool.wasm", "pool")
        users = [await near.create_account() for _ in range(flows)]
        scene, _ = await near._scene([bank.staked_with(pool=pool, account=user).by(user) for user in users])  # noqa: SLF001

        def engine() -> tuple[int, int]:
            moves, receipts = Moves(scene), 0
            for _ in range(100):
                receipts += len(run_first_in_first_out(moves, moves.start())[1])
            return 100, receipts

        def search() -> tuple[int, int]:
            moves = Moves(scene)
            counts = Search(moves, _Nobody()).run(moves.start())
            assert counts.complete
            return counts.orders, counts.receipts

        def exploration() -> tuple[int, int]:
            report = Exploration(scene, Question()).run()
            report.assert_safe()
            return report.orders, report.receipts

        runs = {"the engine alone": engine, "the search": search, "with the oracles": exploration}
        return [(name, *best(times, act)) for name, act in runs.items()]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--flows", type=int, default=4)
    parser.add_argument("--times", type=int, default=5)
    chosen = parser.parse_args()
    rows = asyncio.run(measure(chosen.flows, chosen.times))
    table = Table("measured", "orders", "receipts", "receipts/s", "at least", box=None, padding=(0, 3, 0, 0))
    for name, orders, receipts, rate in rows:
        missed = " missed" if rate < PROMISED else ""
        table.add_row(name, f"{orders:,}", f"{receipts:,}", f"{rate:,.0f}{missed}", f"{PROMISED:,}")
    Console(width=120).print(table)
    return int(rows[1][3] < PROMISED)


if __name__ == "__main__":
    sys.exit(main())
