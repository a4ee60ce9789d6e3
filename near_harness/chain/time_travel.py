"""Time: blocks, seconds and epochs forward; the next block's time and randomness. Height, time and epochs move together."""

from __future__ import annotations

import asyncio
import math
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from near_harness.bundles.history import History
from near_harness.chain.capability import engine_chain, refusals
from near_harness.errors import BadInput
from near_harness.nodes.base import Node
from near_harness.nodes.engine import MOST_BLOCKS
from near_harness.rpc.client import Client

SECOND_NS = 1_000_000_000
MOST_BLOCKS_OF_SECONDS = 10_000
"""A time that would take more blocks of the usual length than this is spread over so many longer ones."""


class TimeTravel:
    """The part of :class:`near_harness.Near` that moves time."""

    node: Node
    client: Client
    history: History
    _changes: int

    async def fast_forward(
        self, blocks: int | None = None, *, seconds: float | Decimal | timedelta | None = None, epochs: int | None = None
    ) -> None:
        """Make the chain longer at once: by ``blocks``, by ``seconds`` of its time (exact to the nanosecond), or by ``epochs``.

        Height, time and epochs always move together: seconds pass in blocks of the usual length, and a time that needs more than
        10,000 of these in 10,000 longer ones. Of more than a million blocks most are heights without a block, as a real sandbox
        forwards them. Epochs end where they end: ``epochs=1`` leads to the first block of the next one.

        :raises BadInput: for none or several of these, a number that is not positive, or more than a million blocks to be made.
        :raises CapabilityMissing: where the node cannot; ``seconds`` need the embedded node.
        """
        given = {
            name: value for name, value in (("blocks", blocks), ("seconds", seconds), ("epochs", epochs)) if value is not None
        }
        if len(given) != 1:
            raise BadInput("fast_forward: give blocks, seconds or epochs, and one of them only")
        self._changes += 1
        began = self.node.height
        if seconds is not None:
            self._forward_seconds(_nanoseconds(seconds))
        elif blocks is not None:
            await self._forward_blocks(_count("blocks", blocks))
        else:
            await self._forward_epochs(_count("epochs", epochs))
        self.history.note("fast_forward", **_plain(given), made=self.node.height - began)

    async def _forward_blocks(self, blocks: int) -> None:
        if self.node.capabilities.snapshot:
            with refusals():
                self.node.fast_forward(blocks)
        else:  # a real node takes seconds, and other tasks go on
            await asyncio.to_thread(self.node.fast_forward, blocks)
            self.client.forget_blocks()

    def _forward_seconds(self, nanoseconds: int) -> None:
        chain = engine_chain(self.node, "fast_forward by seconds")
        blocks = min(math.ceil(nanoseconds / chain.step), MOST_BLOCKS_OF_SECONDS, nanoseconds)
        with refusals():
            chain.produce_until(chain.timestamp + nanoseconds, blocks)

    async def _forward_epochs(self, epochs: int) -> None:
        if self.node.capabilities.stepping:
            chain = engine_chain(self.node, "fast_forward by epochs")
            length = await self._epoch_length()
            if epochs * length > MOST_BLOCKS:
                raise BadInput(
                    f"fast_forward(epochs={epochs}): epochs of {length} blocks take more than the {MOST_BLOCKS:,} that are "
                    "made at once; shorter ones take fewer (--near-genesis=epoch_length=…)"
                )
            chain.produce_to_epoch(chain.epoch_height + epochs)
        else:
            length = await self._epoch_length()
            target = None
            while True:
                now = await self.client.rpc("validators", [None])
                target = target or int(now["epoch_height"]) + epochs
                missing = target - int(now["epoch_height"])
                if missing <= 0:
                    return
                # A border may come a few blocks late: an epoch ends when its last blocks are final.
                left = int(now["epoch_start_height"]) + missing * length - self.node.height
                await self._forward_blocks(max(left, 1))

    async def _epoch_length(self) -> int:
        return int((await self.client.rpc("EXPERIMENTAL_genesis_config", {}))["epoch_length"])

    def set_next_block(
        self, *, timestamp_ns: int | None = None, random_seed: bytes | None = None, block_time_ns: int | None = None
    ) -> None:
        """Choose the next block's time (nanoseconds since 1970) and random seed (32 bytes), and the time from block to block.

        What is left out stays as it is. Time and randomness of the blocks after it go on from there.

        :raises BadInput: for a time that is not after the newest block's, a seed of another length, a block time of zero.
        :raises CapabilityMissing: on nodes other than the embedded one.
        """
        chain = engine_chain(self.node, "set_next_block")
        for name, value in (("timestamp_ns", timestamp_ns), ("block_time_ns", block_time_ns)):
            if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
                raise BadInput(f"set_next_block({name}={value!r}): give whole nanoseconds")
        if random_seed is not None and not isinstance(random_seed, bytes):
            raise BadInput(f"set_next_block(random_seed={random_seed!r}): give 32 bytes")
        with refusals():
            chain.set_next(timestamp=timestamp_ns, random=random_seed, step=block_time_ns)
        seed = None if random_seed is None else random_seed.hex()
        self.history.note("next_block", timestamp_ns=timestamp_ns, random_seed=seed, block_time_ns=block_time_ns)

    async def timestamp(self) -> int:
        """The time of the newest block in nanoseconds since 1970: ``block_timestamp`` in a contract."""
        return int((await self._newest_block())["header"]["timestamp"])

    async def random_seed(self) -> bytes:
        """The random value of the newest block: ``random_seed`` of the calls in it."""
        import base58  # noqa: PLC0415 - as the keys do, when it is needed

        return base58.b58decode((await self._newest_block())["header"]["random_value"])

    async def epoch_height(self) -> int:
        """The height of the newest block's epoch."""
        return int((await self.client.rpc("validators", [None]))["epoch_height"])

    async def _newest_block(self) -> dict[str, Any]:
        block: dict[str, Any] = await self.client.rpc("block", {"finality": "optimistic"})
        return block


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, with a time as its nanoseconds."""
    return {
        "nanoseconds" if name == "seconds" else name: _nanoseconds(value) if name == "seconds" else value
        for name, value in given.items()
    }


def _count(what: str, number: object) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 2**32:
        raise BadInput(f"fast_forward({what}={number!r}): give a whole number of {what}, 1 or more, and below 2**32")
    return number


def _nanoseconds(seconds: float | Decimal | timedelta) -> int:
    if isinstance(seconds, timedelta):
        nanoseconds = (seconds // timedelta(microseconds=1)) * 1_000
    else:
        try:
            nanoseconds = int(Decimal(str(seconds)) * SECOND_NS)
        except (InvalidOperation, ValueError, OverflowError):
            nanoseconds = 0
    if nanoseconds < 1 or isinstance(seconds, bool):
        raise BadInput(f"fast_forward(seconds={seconds!r}): give a time of at least a nanosecond")
    if nanoseconds > 2**63:
        raise BadInput(f"fast_forward(seconds={seconds!r}): block times end in the year 2554")
    return nanoseconds
