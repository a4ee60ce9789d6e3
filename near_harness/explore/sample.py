"""Orders drawn by lot, where there are too many for all of them.

Probabilistic concurrency testing: each transaction gets a random priority, what may run of the one with the highest runs, and at
a few random moments the one that is running falls behind all others. With n transactions, k receipts and d - 1 such moments, an
order that needs d receipts in the right sequence is met with a chance of at least 1 / (n * k ** (d - 1)) each time.
(S. Burckhardt and others, "A randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010.)
"""

from __future__ import annotations

import random
from collections.abc import Callable

from near_harness.explore.moves import Move, Moves, Position
from near_harness.explore.search import Counts, Judge

_DEPTH = 3
_FIRST_GUESS = 20
"""Receipts of an order, before one was seen."""


def sample(moves: Moves, start: Position, judge: Judge, *, seed: int, go_on: Callable[[Counts], bool]) -> Counts:
    """Run orders that are drawn by lot until the judge or ``go_on`` ends it. The same seed gives the same orders."""
    lot = random.Random(seed)  # noqa: S311 - no secret
    counts = Counts()
    length = _FIRST_GUESS
    while go_on(counts) and not counts.stopped:
        path: list[Move] = []
        position, choose = start, _choice(sorted({move.tree for move in start.pending}), lot, length)
        while (enabled := moves.enabled(position)) and not counts.stopped:
            move = choose(len(path), enabled)
            position, step = moves.play(position, move)
            path.append(move)
            counts.receipts += 1
            counts.stopped = judge.step(position, move, step, path)
        counts.orders += 1
        counts.stopped = counts.stopped or judge.end(position, path)
        length = max(length, len(path))
    return counts


def _choice(trees: list[str], lot: random.Random, length: int) -> Callable[[int, list[Move]], Move]:
    """The choices of one order: which receipt runs at a moment, of those that may."""
    priorities = dict(zip(trees, lot.sample(range(len(trees)), len(trees)), strict=True))
    falls = {lot.randrange(length): -1 - number for number in range(_DEPTH - 1)}

    def choose(moment: int, enabled: list[Move]) -> Move:
        highest = max(priorities[move.tree] for move in enabled)
        move = lot.choice([move for move in enabled if priorities[move.tree] == highest])
        if moment in falls:
            priorities[move.tree] = falls[moment]
        return move

    return choose
