"""A search in parts that do not know of each other: for several processes, or to go on another day.

Near the beginning every receipt that may run is tried, so that no part can find that another should have begun otherwise; sleep
sets see to it that no order is in two parts. The orders of all parts together are those of one search. Parts, transactions and
reports can be pickled; a world is made anew from the chain's bytes and the signed transactions (:func:`scene_of`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from near_harness.chain.capability import refusals
from near_harness.explore.moves import Move, Moves, Position
from near_harness.explore.scene import Root, Scene
from near_harness.explore.search import Prefix, dependent
from near_harness.nodes.engine import load_engine


def frontier(moves: Moves, at_least: int) -> list[Prefix]:
    """Split a search into parts, at least so many where there are as many orders; run each with :meth:`Search.run`."""
    parts: deque[tuple[Prefix, Position, dict[str, Move]]] = deque([(Prefix(), moves.start(), {})])
    whole: list[Prefix] = []
    while parts and len(parts) + len(whole) < at_least:
        prefix, position, asleep = parts.popleft()
        enabled = moves.enabled(position)
        while enabled and enabled[0].free and not enabled[0].is_root:
            position, _ = moves.play(position, enabled[0])
            prefix = Prefix((*prefix.path, enabled[0].name), prefix.asleep)
            enabled = moves.enabled(position)
        if not enabled:
            whole.append(prefix)
            continue
        done = dict(asleep)
        for move in enabled:
            if move.name not in done:
                still = {name: other for name, other in done.items() if not dependent(other, move)}
                after, _ = moves.play(position, move)
                parts.append((Prefix((*prefix.path, move.name), frozenset(still)), after, still))
                done[move.name] = move
    return [*whole, *(prefix for prefix, _, _ in parts)]


def scene_of(chain: bytes, roots: Sequence[Root], protocol_version: int, *, time_outs: bool = False) -> Scene:
    """Make a scene from the bytes of a chain (:meth:`near_harness.Near.dump`) and signed transactions, in any process.

    :raises BadInput: where the bytes are those of no chain.
    """
    engine = load_engine()
    node: Any = engine.Chain(engine.sandbox_genesis(protocol_version=protocol_version))
    with refusals():
        node.restore(node.load(chain)[0])
        base = node.world(time_outs=time_outs)
    return Scene.of(base, roots)
