"""Makes the blocks that requests wait for, once for all of them.

A request that made its own blocks would push the height up by as many for every transaction. With many clients at once the block
hash that one of them signed over would be too old before its turn came (transactions expire after 100 blocks), and receipts of
different transactions would never meet in a block. So requests wait, and one task makes blocks as long as one of them can be
helped: what arrives between two blocks goes into the next one. For one client they come at once. Several whose answers went out
together come back one after the other: the block that takes the first one's transaction waits for the others, as long as that
may take, so that they go through the same blocks. When all have their answer the chain stands still, so that they can look at
it: the rest comes with the next request, or with the ticker of a node that has one.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from near_harness.nodes.defect import going_on

_BLOCKS_TO_FINALITY = 4
"""With so many blocks after the last one that changed something, readers of the final state have seen all of it."""

_BLOCKS_AT_ONCE = 16
"""For one client alone; then whoever has come meanwhile gets a turn."""

_IDLE_POLL_S = 0.02

_STANDS_STILL = 500
"""Looks, each after a rest, at a paused chain that makes no block: then those who wait are sent away. That is ten seconds, as
nearcore has them, of a program that runs; while a debugger holds it, none pass."""

_COMES_BACK_S, _ALL_COME_BACK_S, _LOOK_S = 0.003, 0.1, 0.001
"""How long a block waits for each of the clients that waited together before, and for all of them; how often it looks."""

_CROWD_PAUSE_S, _CROWD_S = 0.01, 0.5
"""Between two blocks while somebody sends without waiting; and for how long the pace is kept after the last of a crowd."""


_GAP_S, _GAP_POLL_S = 0.06, 0.005
"""How long a block waits for transactions that a client has sent together with some that are there. A real node's blocks give
them twice as long."""


class Pending(Protocol):
    """A request that waits for blocks."""

    def poll(self) -> tuple[int, bytes] | None:
        """Return HTTP status and body where they are there."""

    def advance(self, most: int) -> tuple[int, bytes] | None:
        """Make blocks, at most so many, until the answer is there, and return it; None where nothing changes any more."""

    def expire(self) -> tuple[int, bytes]:
        """Return the answer for a client that has waited too long."""


class BlockSource(Protocol):
    """The part of a chain that makes blocks."""

    @property
    def height(self) -> int:
        """The height of the newest block."""

    @property
    def pooled(self) -> bool:
        """Whether transactions wait for a block to take them."""

    @property
    def gapped(self) -> bool:
        """Whether transactions wait whose key has not used the numbers before theirs."""

    @property
    def in_flight(self) -> bool:
        """Whether blocks change anything by themselves."""

    @property
    def paused(self) -> bool:
        """Whether somebody else makes the blocks, one at a time, and requests wait."""

    def produce_blocks(self, count: int = 1) -> None:
        """Make blocks."""


@dataclass(eq=False)
class _Waiting:
    pending: Pending
    answer: asyncio.Future[tuple[int, bytes]]
    until: float


class Pump:
    """One chain's maker of blocks. Everything happens on the loop that :meth:`settle` is called on.

    ``patience_s``: how long a request may wait. None where nobody else makes blocks or sends anything: then a request is answered
    with nearcore's time-out as soon as nothing moves any more.
    """

    def __init__(self, chain: BlockSource, *, patience_s: float | None) -> None:
        self._chain = chain
        self._patience_s = patience_s
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._quiet = 0
        self._still = (0, 0)
        self._clients = 0
        self._crowd_until = 0.0
        self._unawaited = 0

    async def settle(self, ask: Callable[[], tuple[int, bytes] | Pending]) -> tuple[int, bytes]:
        """Ask the chain, and return HTTP status and body when the blocks that it takes are made or patience is at its end."""
        loop = asyncio.get_running_loop()
        before = self._chain.pooled
        answer = ask()
        if isinstance(answer, tuple):
            pooled = self._chain.pooled
            if pooled and not before:  # who only looks while others' transactions wait has sent nothing
                now = loop.time()
                self._unawaited = 1 if now > self._crowd_until else self._unawaited + 1
                self._crowd_until = now + _CROWD_S
            if pooled and self._patience_s is None and not self._waiting and not self._chain.paused:
                with going_on():
                    self._chain.produce_blocks(1)  # there is no ticker that would put it into a block
            return answer
        # Whoever sends first and waits afterwards is no crowd.
        self._unawaited = max(0, self._unawaited - 1)
        until = math.inf if self._patience_s is None else loop.time() + self._patience_s
        waiting = _Waiting(answer, loop.create_future(), until)
        self._waiting.append(waiting)
        self._clients = max(self._clients, len(self._waiting))
        self._wake()
        return await waiting.answer

    async def stop(self) -> None:
        """End the task; what still waits is answered with the time-out."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        self._answer(expired=True)

    def _wake(self) -> None:
        self._quiet, self._still = 0, (0, 0)
        self._news.set()
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._waiting:
                if self._chain.paused:
                    self._quiet = 0
                    self._answer(expired=self._stands_still())
                    await self._rest()
                elif self._moves():
                    await self._gather()
                    await self._close_ranks()
                    with going_on():
                        if len(self._waiting) == 1 and not self._pause():
                            self._help(self._waiting[0])
                        else:
                            self._chain.produce_blocks(1)
                    self._answer()
                    await asyncio.sleep(self._pause())
                else:
                    self._answer(expired=self._patience_s is None)
                    await self._rest()
        except Exception as error:  # noqa: BLE001 - those who wait get it
            self._fail(error)

    async def _gather(self) -> None:
        """Those who waited together are likely to come back together: give them the time."""
        if not self._chain.pooled or len(self._waiting) >= self._clients:
            return
        loop = asyncio.get_running_loop()
        until = loop.time() + min(self._clients * _COMES_BACK_S, _ALL_COME_BACK_S)
        while len(self._waiting) < self._clients and loop.time() < until:  # noqa: ASYNC110 - the chain has no events
            await asyncio.sleep(_LOOK_S)
        # Who has not come by now is not waited for again, before there are as many once more.
        self._clients = len(self._waiting)

    def _help(self, alone: _Waiting) -> None:
        """Make blocks for the only one who waits: at once, with nothing in between."""
        if alone.answer.done():
            return
        found = alone.pending.advance(_BLOCKS_AT_ONCE)
        if found is not None:
            alone.answer.set_result(found)
        elif not self._chain.in_flight:
            self._quiet = _BLOCKS_TO_FINALITY

    async def _close_ranks(self) -> None:
        """Of transactions that a client sends at the same time some arrive before others: give them all a chance."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _GAP_S
        while self._chain.pooled and self._chain.gapped and loop.time() < until:  # noqa: ASYNC110 - the chain has no events
            await asyncio.sleep(_GAP_POLL_S)

    async def _rest(self) -> None:
        self._news.clear()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._news.wait(), _IDLE_POLL_S)

    def _pause(self) -> float:
        crowded = self._unawaited and asyncio.get_running_loop().time() < self._crowd_until
        return _CROWD_PAUSE_S if crowded else 0.0

    def _stands_still(self) -> bool:
        """Whether whoever has paused the chain waits for it, too: no block has come for long."""
        height, looks = self._still
        self._still = (self._chain.height, looks + 1 if height == self._chain.height else 0)
        return self._patience_s is None and self._still[1] > _STANDS_STILL

    def _moves(self) -> bool:
        self._quiet = 0 if self._chain.in_flight else self._quiet + 1
        return self._quiet <= _BLOCKS_TO_FINALITY

    def _answer(self, *, expired: bool = False) -> None:
        """Answer those whose answer is there; the others go on waiting."""
        now = asyncio.get_running_loop().time()
        before, self._waiting = self._waiting, []
        for waiting in before:
            if waiting.answer.done():
                continue  # its client has gone
            found = waiting.pending.poll()
            if found is None and (expired or now >= waiting.until):
                found = waiting.pending.expire()
            if found is None:
                self._waiting.append(waiting)
            else:
                waiting.answer.set_result(found)

    def _fail(self, error: Exception) -> None:
        before, self._waiting = self._waiting, []
        for waiting in before:
            if not waiting.answer.done():
                waiting.answer.set_exception(error)
