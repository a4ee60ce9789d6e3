"""Times of this project's own client; NEAR_HARNESS_NODE says on which kind of node."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from near_harness import start
from near_harness.config import Settings
from near_harness.nodes.registry import create_node
from near_harness.version import __version__
from peers.ours.chain import Bank
from peers.timing import CALLS, report


def starts(times: int = 5) -> list[float]:
    """Milliseconds of each start of a node until it answers; the first, which loads the engine, is left out."""
    taken = []
    for _ in range(times + 1):
        node = create_node(Settings.resolve().node)
        begin = time.perf_counter()
        node.start()
        taken.append((time.perf_counter() - begin) * 1000)
        node.stop()
    return taken[1:]


async def timed(act: Callable[[], Awaitable[object]], unmeasured: int = 5) -> list[float]:
    """Milliseconds of each run."""
    taken = []
    for _ in range(unmeasured + CALLS):
        begin = time.perf_counter()
        await act()
        taken.append((time.perf_counter() - begin) * 1000)
    return taken[unmeasured:]


async def calls() -> dict[str, list[float]]:
    """Everything that needs a chain."""
    async with start() as near:
        bank = await Bank(near).open()
        measured = {"transfer": await timed(bank.transfer), "call": await timed(bank.call), "view": await timed(bank.credit)}
        return {**measured, "rewind": await timed(bank.rewind)} if near.node.capabilities.snapshot else measured


report(version=__version__, start=starts(), **asyncio.run(calls()))
