"""The picture of the first page: the failing stake of the demo, drawn from its receipts as any transaction is.

    python docs/generator/pictures.py    # draws it again; a test sees that it is up to date

It is committed, since it stands in the README too, which nobody builds.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from near_harness import start
from near_harness.demo.story import play
from near_harness.render.svg import svg

FAILED_STAKE = Path(__file__).parent.parent / "failed-stake.svg"
_SCENE = "The right contract, the pool fails"
_HEADS = re.compile(r"head-\w+-")
"""Named by the transaction's hash, which another chain's time makes another."""


async def failed_stake() -> str:
    """Play the story and draw the transaction in which the pool fails, on white: pages may be dark."""
    async with start(node="embedded") as near:
        outcome = next(scene.outcome for scene in [scene async for scene in play(near)] if scene.title == _SCENE)
    drawn = _HEADS.sub("head-", svg(outcome))
    return re.sub(r"(<svg [^>]*>)", r'\1<rect width="100%" height="100%" fill="white"/>', drawn, count=1) + "\n"


if __name__ == "__main__":
    FAILED_STAKE.write_text(asyncio.run(failed_stake()), encoding="utf-8")
