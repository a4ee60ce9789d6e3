"""A chain's way of answering JSON-RPC in one event loop: bytes in, HTTP status and body out, with the blocks that it takes."""

from __future__ import annotations

import logging
from typing import Protocol

from near_harness.nodes.defect import internal_error
from near_harness.nodes.pump import BlockSource, Pending, Pump

_log = logging.getLogger(__name__)


class Requests(Protocol):
    """What a chain offers to a server: bytes in, bytes out."""

    def request(self, body: bytes) -> tuple[int, bytes] | Pending:
        """Answer one JSON-RPC request."""

    def get(self, path: str) -> tuple[int, str, bytes]:
        """Answer ``GET path`` with HTTP status, content type and body."""


class Served(Requests, BlockSource, Protocol):
    """A chain that answers, and makes the blocks that its answers wait for."""


class Answering:
    """Answers the requests of one event loop. Those that wait get their blocks at once: nobody else makes any."""

    def __init__(self, chain: Served) -> None:
        self.chain = chain
        # What nothing helps is answered at once, and not after a node's patience.
        self._pump = Pump(chain, patience_s=None)

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """Answer a JSON-RPC request with HTTP status and body; a defect of the chain with nearcore's INTERNAL_ERROR."""
        try:
            return await self._pump.settle(lambda: self.chain.request(body))
        except Exception as error:  # noqa: BLE001 - a defect of the chain must reach the test, not a log alone
            _log.exception("JSON-RPC %r", body[:200])
            return internal_error(error)

    def get(self, path: str) -> tuple[int, str, bytes]:
        """Answer ``GET path`` with HTTP status, content type and body."""
        try:
            return self.chain.get(path)
        except Exception as error:  # noqa: BLE001 - as above
            _log.exception("GET %s", path)
            status, body = internal_error(error)
            return status, "application/json", body

    async def stop(self) -> None:
        """Answer those who still wait with the time-out."""
        await self._pump.stop()
