"""What a replay waits for."""

from __future__ import annotations

import asyncio

from near_harness import Near
from near_harness.bundles.form import Bundle
from near_harness.bundles.player import Player
from near_harness.progress import untold


async def test_what_still_runs_behind_the_last_step_is_waited_for(near: Near) -> None:
    player = Player(near, Bundle({"node": {"root": near.node.root_account_id}, "steps": []}), untold)
    heard = []

    async def transaction() -> None:
        await asyncio.sleep(0.05)
        heard.append("its end")

    player._running[1] = asyncio.create_task(transaction())
    await player.play()
    assert heard == ["its end"]
