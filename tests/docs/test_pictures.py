"""The picture of the first page is what the demo's transaction looks like today."""

from __future__ import annotations

import sys

from docs.blocks import DOCS


async def test_the_failing_stake_is_drawn_as_it_is() -> None:
    sys.path.insert(0, str(DOCS))  # the name of its folder is taken by this one
    try:
        from generator.pictures import FAILED_STAKE, failed_stake
    finally:
        sys.path.remove(str(DOCS))
    assert await failed_stake() == FAILED_STAKE.read_text(encoding="utf-8"), "python docs/generator/pictures.py draws it again"
