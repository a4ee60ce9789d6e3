"""Height, time and epochs move together, by blocks, seconds or epochs; the next block's time and randomness are chosen."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from near_harness import Near
from near_harness.errors import BadInput

SECOND = 10**9
YEAR = 365 * 24 * 3600


async def test_blocks(near: Near) -> None:
    height, time = await near.height(), await near.timestamp()
    await near.fast_forward(10)
    assert await near.height() == height + 10
    assert await near.timestamp() == time + 10 * 120_000_000


@pytest.mark.parametrize(
    ("seconds", "nanoseconds"),
    [(60, 60 * SECOND), (0.1, SECOND // 10), (Decimal("1.000000001"), SECOND + 1), (timedelta(days=1), 86_400 * SECOND)],
)
async def test_seconds_are_exact(near: Near, seconds: float, nanoseconds: int) -> None:
    height, time = await near.height(), await near.timestamp()
    await near.fast_forward(seconds=seconds)
    assert await near.timestamp() == time + nanoseconds
    assert await near.height() == height + min(-(-nanoseconds // 120_000_000), 10_000)


async def test_a_year_passes_in_ten_thousand_blocks(near: Near) -> None:
    height, time, epoch = await near.height(), await near.timestamp(), await near.epoch_height()
    await near.fast_forward(seconds=YEAR)
    assert await near.timestamp() == time + YEAR * SECOND
    assert await near.height() == height + 10_000
    assert await near.epoch_height() > epoch + 100


async def test_half_a_year_of_blocks_is_mostly_heights_without_one(near: Near) -> None:
    height, time, epoch = await near.height(), await near.timestamp(), await near.epoch_height()
    await near.fast_forward(2_000_000)
    assert await near.height() == height + 2_000_000
    assert await near.timestamp() > time + 2_000_000 * 120_000_000
    assert await near.epoch_height() >= epoch + 2_000_000 // 60 - 1
    await near.fast_forward(1)
    assert await near.height() == height + 2_000_001


async def test_what_would_take_more_memory_than_there_is_is_refused(near: Near) -> None:
    height = await near.height()
    with pytest.raises(BadInput, match=r"cannot fast-forward by 20000000 heights at once.*Longer epochs"):
        await near.fast_forward(20_000_000)
    with pytest.raises(BadInput, match=r"epochs of 60 blocks take more than the 1,000,000 that.*--near-genesis"):
        await near.fast_forward(epochs=20_000)
    assert await near.height() == height


async def test_epochs_end_where_they_end(near: Near) -> None:
    epoch, height = await near.epoch_height(), await near.height()
    await near.fast_forward(epochs=1)
    assert await near.epoch_height() == epoch + 1
    assert await near.height() <= height + 61
    height = await near.height()
    await near.fast_forward(epochs=2)
    assert await near.epoch_height() == epoch + 3
    assert await near.height() == height + 120


async def test_the_next_blocks_time_and_randomness(near: Near) -> None:
    time, seed = await near.timestamp(), bytes(range(32))
    near.set_next_block(timestamp_ns=time + 7, random_seed=seed)
    await near.fast_forward(1)
    assert await near.timestamp() == time + 7
    assert await near.random_seed() == seed
    near.set_next_block(block_time_ns=SECOND)
    await near.fast_forward(3)
    assert await near.timestamp() == time + 7 + 3 * SECOND
    assert await near.random_seed() != seed


async def test_chosen_times_go_back_with_the_chain(near: Near) -> None:
    time = await near.timestamp()
    with near.anchor():
        near.set_next_block(timestamp_ns=time + 7, block_time_ns=1)
    await near.fast_forward(1)
    assert await near.timestamp() == time + 120_000_000


async def test_what_time_cannot_do(near: Near) -> None:
    for wrong in ({}, {"blocks": 1, "epochs": 1}, {"blocks": 0}, {"epochs": -1}, {"seconds": 0}, {"seconds": float("nan")}):
        with pytest.raises(BadInput, match="fast_forward"):
            await near.fast_forward(**wrong)
    time = await near.timestamp()
    with pytest.raises(BadInput, match="time does not go back"):
        near.set_next_block(timestamp_ns=time)
    with pytest.raises(BadInput, match="it has 32"):
        near.set_next_block(random_seed=b"short", block_time_ns=5)
    with pytest.raises(BadInput, match="step of 0"):
        near.set_next_block(block_time_ns=0)
    with pytest.raises(BadInput):
        near.set_next_block(timestamp_ns=-1)
    with pytest.raises(BadInput):
        await near.fast_forward(seconds=10**12)
    await near.fast_forward(1)
    assert await near.timestamp() == time + 120_000_000
