"""Drawing the story: a heading, the receipt tree, and a table of balances for each scene."""

from __future__ import annotations

import asyncio
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel

from near_harness.demo.story import Scene, play
from near_harness.near import start
from near_harness.render.balances import balance_table
from near_harness.render.tree import tree, tree_text


def show(console: Console, **settings: Any) -> None:
    """Start a node, play the story and draw it.

    :raises NodeError: where the node cannot be started; the text names the remedy.
    """
    asyncio.run(_show(console, settings))


def told(**settings: Any) -> dict[str, Any]:
    """Start a node, play the story and return it as plain values; money in yoctoNEAR, as decimal strings.

    :raises NodeError: where the node cannot be started; the text names the remedy.
    """
    return asyncio.run(_told(settings))


async def _told(settings: dict[str, Any]) -> dict[str, Any]:
    async with start(**settings) as near:
        scenes = [
            {
                "title": scene.title,
                "told": scene.told,
                "transaction": scene.outcome.hash,
                "tree": tree_text(scene.outcome),
                "balances": {what: {"before": str(int(before)), "after": str(int(after))} for what, before, after in scene.rows},
                "verdict": scene.verdict,
                "good": scene.good,
            }
            async for scene in play(near)
        ]
        return {"node": near.node.kind, "protocol_version": near.node.protocol_version, "scenes": scenes}


async def _show(console: Console, settings: dict[str, Any]) -> None:
    async with start(**settings) as near:
        node = near.node
        console.print(f"Node: {node.kind}, protocol {node.protocol_version}, {node.rpc_url}", style="dim")
        number = 0
        async for scene in play(near):
            number += 1
            _draw(console, number, scene)


def _draw(console: Console, number: int, scene: Scene) -> None:
    console.print()
    console.print(Panel(scene.told, title=f"{number}. {scene.title}", title_align="left", border_style="cyan"))
    console.print(tree(scene.outcome))
    console.print(Padding(balance_table(scene.rows), (1, 0, 0, 2)))
    console.print(Padding(scene.verdict, (0, 0, 0, 2)), style="bold green" if scene.good else "bold red")
