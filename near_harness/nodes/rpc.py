"""What the harness asks of a node outside of any event loop: plain JSON-RPC."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from near_harness.errors import NodeUnreachable, RpcError, RpcTimeout
from near_harness.rpc.endpoint import Endpoint

_TIMEOUT_S = 15.0
_POLL_S = 0.05
_FORWARD_LIMIT_S = 60.0
_FORWARD_PER_BLOCK_S = 0.05
"""A real node makes real blocks across every border of an epoch: 1,000 blocks of a ``--fast`` chain took it 9 s."""
_SETTLE_S = 10.0
"""How long the final block may take to follow, before the node is asked again for what is missing."""


@dataclass(frozen=True)
class Rpc(Endpoint):
    """JSON-RPC to the address of a node, and what a node is waited for."""

    def status(self, timeout_s: float = _TIMEOUT_S) -> dict[str, Any]:
        """Return the node's ``status``."""
        found: dict[str, Any] = self.call("status", [], timeout_s)
        return found

    def knows(self, method: str, params: Any) -> bool:
        """Whether the node has a method: ``params`` must be ones that it refuses, so that nothing happens."""
        try:
            self.call(method, params)
        except RpcError as error:
            return error.name != "METHOD_NOT_FOUND"
        return True

    def final_block(self) -> tuple[int, int]:
        """Return height and time (ns) of the newest final block."""
        header = self.call("block", {"finality": "final"})["header"]
        return int(header["height"]), int(header.get("timestamp_nanosec") or header["timestamp"])

    def wait_for_status(self, limit_s: float, check: Callable[[], None]) -> dict[str, Any]:
        """Wait until the node answers and has a final block after genesis; ``check`` may end the waiting by raising.

        :raises NodeUnreachable: after ``limit_s``.
        """
        until = time.monotonic() + limit_s
        while True:
            check()
            try:
                status = self.status(timeout_s=2.0)
                # Transactions name a block, and some tools want it to be final: genesis can be pruned of what they ask.
                if self.final_block()[0] > int(status["sync_info"].get("earliest_block_height") or 0):
                    return status
            except (NodeUnreachable, RpcError) as error:
                if time.monotonic() > until:
                    raise NodeUnreachable(f"no answer within {limit_s:.0f} s: {error}") from None
            if time.monotonic() > until:
                raise NodeUnreachable(f"{self.shown} answers, but made no block within {limit_s:.0f} s")
            time.sleep(_POLL_S)

    def fast_forward(self, blocks: int) -> None:
        """Make the chain ``blocks`` longer, and wait until its final block is there and its time has moved.

        :raises NodeUnreachable: where the chain does not get there in time.
        """
        height = int(self.status()["sync_info"]["latest_block_height"])
        began = self.final_block()[1]
        limit_s = _FORWARD_LIMIT_S + blocks * _FORWARD_PER_BLOCK_S
        until = time.monotonic() + limit_s
        target, reached = height + blocks, height
        while reached < target:
            left_s = until - time.monotonic()
            if left_s <= 0:
                raise NodeUnreachable(
                    f"{self.shown}: fast_forward({blocks}) from height {height} has come to {reached} within {limit_s:.0f} s"
                )
            # Where it does not answer in time it goes on all the same: what counts is where the chain is. It may also answer
            # and have stopped short; then it is asked for the rest.
            with contextlib.suppress(RpcTimeout, NodeUnreachable):
                self.call("sandbox_fast_forward", {"delta_height": target - reached}, timeout_s=left_s)
            reached = max(reached, self._final_height(target, began))

    def _final_height(self, target: int, after_ns: int) -> int:
        """Wait a while for a final block at ``target`` with a time after ``after_ns``; return the height that was seen last."""
        until, reached = time.monotonic() + _SETTLE_S, 0
        while time.monotonic() < until:
            with contextlib.suppress(RpcError, NodeUnreachable):  # while it jumps it may not answer
                reached, now_ns = self.final_block()
                if reached >= target and now_ns > after_ns:
                    return reached
            time.sleep(_POLL_S)
        return min(reached, target - 1)
