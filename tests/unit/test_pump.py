"""Who gets blocks when: one client at once, those who wait together, nobody who only looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from near_harness.nodes.pump import Pump


class Chain:
    """Counts blocks; what was sent is in flight for three of them."""

    def __init__(self) -> None:
        self.height = 0
        self.paused = False
        self.pooled = False
        self.gapped = False
        self._busy_until = 0

    @property
    def in_flight(self) -> bool:
        return self.pooled or self.height < self._busy_until

    def send(self) -> tuple[int, bytes]:
        self.pooled = True
        return 200, b"hash"

    def produce_blocks(self, count: int = 1) -> None:
        self.height += count
        if self.pooled:
            self.pooled, self._busy_until = False, self.height + 2


class Until:
    """A request that waits for a height; ``None`` never comes."""

    def __init__(self, chain: Chain, height: int | None) -> None:
        self._chain, self._height = chain, height

    def poll(self) -> tuple[int, bytes] | None:
        reached = self._height is not None and self._chain.height >= self._height
        return (200, b"done") if reached else None

    def advance(self, most: int) -> tuple[int, bytes] | None:
        quiet = 0
        for _ in range(most):
            quiet = 0 if self._chain.in_flight else quiet + 1
            if self.poll() is not None or quiet > 4:
                break
            self._chain.produce_blocks(1)
        return self.poll()

    def expire(self) -> tuple[int, bytes]:
        return 408, b"late"


def until(chain: Chain, height: int | None) -> Callable[[], Until]:
    return lambda: Until(chain, height)


def look() -> tuple[int, bytes]:
    return 200, b"seen"


async def test_a_request_gets_its_blocks_and_no_more() -> None:
    chain = Chain()
    chain.send()
    assert await Pump(chain, patience_s=None).settle(until(chain, 5)) == (200, b"done")
    assert chain.height == 5


async def test_those_who_wait_share_blocks() -> None:
    chain = Chain()
    pump = Pump(chain, patience_s=None)
    chain.send()
    answers = await asyncio.gather(*(pump.settle(until(chain, height)) for height in (3, 4, 5)))
    assert answers == [(200, b"done")] * 3
    assert chain.height == 5


async def test_who_only_looks_moves_nothing() -> None:
    chain = Chain()
    pump = Pump(chain, patience_s=None)
    chain.send()
    await pump.settle(until(chain, 1))
    assert chain.in_flight
    assert await pump.settle(look) == (200, b"seen")
    assert chain.height == 1


async def test_what_is_sent_without_waiting_gets_into_a_block() -> None:
    chain = Chain()
    assert await Pump(chain, patience_s=None).settle(chain.send) == (200, b"hash")
    assert chain.height == 1


async def test_who_sends_first_and_waits_afterwards_is_no_crowd() -> None:
    chain = Chain()
    pump = Pump(chain, patience_s=None)
    begin = asyncio.get_running_loop().time()
    for _ in range(50):
        await pump.settle(chain.send)
        await pump.settle(until(chain, chain.height + 3))
    assert asyncio.get_running_loop().time() - begin < 0.5, "150 blocks at the pace of a crowd take 1.5 s"


async def test_who_looks_while_others_send_is_no_crowd_either() -> None:
    chain = Chain()
    pump = Pump(chain, patience_s=5)

    async def client() -> None:
        await pump.settle(look)
        await pump.settle(chain.send)
        await pump.settle(until(chain, chain.height + 3))

    await asyncio.gather(*(client() for _ in range(8)))
    begin = asyncio.get_running_loop().time()
    for _ in range(30):
        await client()
    assert asyncio.get_running_loop().time() - begin < 0.5, "90 blocks at the pace of a crowd take 0.9 s"


async def test_who_sends_and_never_waits_leaves_time_between_blocks() -> None:
    chain = Chain()
    pump = Pump(chain, patience_s=5)
    waiting = asyncio.ensure_future(pump.settle(until(chain, 1000)))
    await asyncio.sleep(0.05)
    begin, still = asyncio.get_running_loop().time(), chain.height
    while chain.height < still + 10:
        for _ in range(3):
            await pump.settle(chain.send)
        await asyncio.sleep(0.001)
    assert asyncio.get_running_loop().time() - begin > 0.08, "ten blocks at the pace of a crowd take 0.1 s"
    waiting.cancel()
    await pump.stop()


async def test_what_nothing_helps_is_answered_at_once_where_nobody_else_is() -> None:
    chain = Chain()
    assert await asyncio.wait_for(Pump(chain, patience_s=None).settle(until(chain, None)), 1) == (408, b"late")
    assert chain.height < 10


async def test_patience_waits_for_others() -> None:
    chain = Chain()
    pump = Pump(chain, patience_s=5)
    waiting = asyncio.ensure_future(pump.settle(until(chain, 50)))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    chain.height = 50  # the ticker's work
    assert await asyncio.wait_for(waiting, 1) == (200, b"done")


async def test_patience_ends() -> None:
    chain = Chain()
    assert await asyncio.wait_for(Pump(chain, patience_s=0.05).settle(until(chain, None)), 1) == (408, b"late")


async def test_stopping_answers_those_who_wait() -> None:
    chain = Chain()
    pump = Pump(chain, patience_s=60)
    waiting = asyncio.ensure_future(pump.settle(until(chain, None)))
    await asyncio.sleep(0.05)
    await pump.stop()
    assert await asyncio.wait_for(waiting, 1) == (408, b"late")


async def test_a_paused_chain_makes_no_blocks_and_nobody_is_sent_away() -> None:
    chain = Chain()
    chain.paused = True
    pump = Pump(chain, patience_s=None)
    assert await pump.settle(chain.send) == (200, b"hash")
    waiting = asyncio.create_task(pump.settle(until(chain, 3)))
    await asyncio.sleep(0.05)
    assert chain.height == 0 and not waiting.done()
    chain.paused = False
    assert await waiting == (200, b"done")


async def test_who_waits_for_a_paused_chain_that_nobody_moves_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("near_harness.nodes.pump._STANDS_STILL", 3)
    chain = Chain()
    chain.paused = True
    pump = Pump(chain, patience_s=None)
    waiting = asyncio.create_task(pump.settle(until(chain, 8)))
    for _ in range(5):
        await asyncio.sleep(0.03)
        chain.produce_blocks(1)  # as long as blocks come, it waits
    assert not waiting.done()
    assert await asyncio.wait_for(waiting, 5) == (408, b"late")


async def test_a_chain_that_breaks_tells_those_who_wait() -> None:
    class Broken(Chain):
        def produce_blocks(self, count: int = 1) -> None:
            raise RuntimeError(f"no {count}")

    chain = Broken()
    chain.send()
    with pytest.raises(RuntimeError, match="no 1"):
        await Pump(chain, patience_s=None).settle(until(chain, 1))


async def test_a_block_waits_for_what_was_sent_together() -> None:
    chain = Chain()
    chain.send()
    chain.gapped = True
    answer = asyncio.ensure_future(Pump(chain, patience_s=None).settle(until(chain, 1)))
    await asyncio.sleep(0.02)
    assert chain.height == 0, "a number is missing: its transaction may be on the way"
    chain.gapped = False
    assert await answer == (200, b"done")


async def test_a_block_does_not_wait_for_long() -> None:
    chain = Chain()
    chain.send()
    chain.gapped = True
    pump = Pump(chain, patience_s=None)
    assert await asyncio.wait_for(pump.settle(until(chain, 1)), 2) == (200, b"done")
