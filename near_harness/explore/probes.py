"""``eventually``: calls that must still work when all is done, whatever the order was.

A lock that a failed callback has left behind is found by trying.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from near_harness.explore.moves import Move, Moves, Position
from near_harness.explore.oracles import Quiet
from near_harness.explore.scene import Root, Scene, submit
from near_harness.outcome.failures import TransactionFailed, parse_failure


class Eventually(Quiet):
    """An oracle: at rest, each of the calls succeeds."""

    name = "eventually"

    def __init__(self, probes: Sequence[Root]) -> None:
        self._probes = list(probes)

    def at_rest(self, position: Position, path: Sequence[Move]) -> str | None:  # noqa: ARG002 - the interface's
        """Try the calls, each in the state as it is."""
        for probe in self._probes:
            said = attempt(position.world, probe)
            if said is not None:
                return f"afterwards {probe.text} fails: {said}"
        return None


def attempt(world: Any, root: Root) -> str | None:
    """Run one transaction in a world to its end; None where its result is a success, else why not."""
    try:
        sent = submit(world, root)
    except TransactionFailed as refused:
        return refused.message
    moves = Moves(Scene(world, sent, (root,)))
    statuses: dict[str, Any] = {}
    position = moves.start([root.name])
    first = ""
    while enabled := moves.enabled(position):
        position, step = moves.play(position, enabled[0])
        for run in json.loads(step.runs()):
            first = first or run["receipt"]["receipt_id"]
            statuses[run["receipt"]["receipt_id"]] = run["outcome"]["status"]
    status = statuses.get(first)
    while isinstance(status, dict) and "SuccessReceiptId" in status:
        status = statuses.get(status["SuccessReceiptId"])
    if not isinstance(status, dict):
        return "it has no result"
    return None if "SuccessValue" in status else parse_failure(status["Failure"]).message
