"""One event loop's way to one node: JSON-RPC, its errors, and the block that transactions name.

Over HTTP it is py-near's (:mod:`near_harness.rpc.http_provider`). A chain of this process is given the same bytes without a
connection, so that neither py-near's client nor aiohttp is imported: that would take a third of the time of a run of one test.
"""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from near_harness.errors import NodeError, NodeUnreachable, rpc_error
from near_harness.nodes.answering import Answering, Served
from near_harness.outcome.failures import parse_failure
from near_harness.rpc.jsonrpc import request_of

_RECENT_S = 1.5
"""How long a block may stand in transactions after it was made. They have 100 blocks in a sandbox, which are 12 s where a block
is made each 120 ms."""


class Provider(ABC):
    """The questions to a node, in the form that py-near's provider has for them."""

    keeps: bool
    """Whether what the chain said is still right a moment later: it is another program's, which does not go back."""

    def __init__(self) -> None:
        self._block: tuple[str, float] | None = None

    @property
    @abstractmethod
    def shown(self) -> str:
        """The node, as errors name it."""

    @abstractmethod
    async def end(self) -> None:
        """Close for good what the questions have opened."""

    @abstractmethod
    async def _post(self, method: str, body: bytes) -> tuple[int, bytes]:
        """Send a body of JSON-RPC and return HTTP status and body of the answer.

        :raises NodeUnreachable: where nothing answers.
        """

    def saw_block(self, block_hash: str | None, since: float) -> None:
        """Remember a block for further transactions, and a time (of the event loop) before which it was not yet made."""
        if block_hash is not None and self.keeps:
            self._block = (block_hash, since)

    def recent_block(self) -> str | None:
        """A block that a transaction can name; None where none is known that is recent for certain."""
        if self._block is None or asyncio.get_running_loop().time() - self._block[1] > _RECENT_S:
            return None
        return self._block[0]

    def forget_block(self) -> None:
        """Name the block no more: the chain has jumped, or is another."""
        self._block = None

    async def call_rpc_request(
        self,
        method: str,
        params: Any,
        broadcast: bool = False,  # noqa: ARG002 - py-near's parameter; there is one node
        threshold: int = 0,  # noqa: ARG002 - likewise
    ) -> dict[str, Any]:
        """Send one request and return the node's answer, whatever its HTTP status.

        :raises NodeUnreachable: where nothing answers, or no JSON.
        """
        status, text = await self._post(method, request_of(method, params))
        try:
            answer = json.loads(text)
        except ValueError:
            said = text[:200].decode(errors="replace")
            raise NodeUnreachable(f"{self.shown} answers {method} with HTTP {status}: {said!r}") from None
        return {**answer, "http_status": status} if isinstance(answer, dict) else {"error": answer, "http_status": status}

    async def json_rpc(self, method: str, params: Any, broadcast: bool = False, threshold: Any = None) -> Any:  # noqa: ARG002
        """Return the ``result`` of a request.

        :raises TransactionFailed: where the node refuses a transaction (nearcore's ``InvalidTxError``).
        :raises RpcError: for every other error of the node.
        """
        answer = await self.call_rpc_request(method, params)
        if "error" not in answer:
            return answer["result"]
        error, status = answer["error"], answer["http_status"]
        data = error.get("data") if isinstance(error, dict) else None
        if isinstance(data, dict) and "TxExecutionError" in data:
            raise parse_failure(data["TxExecutionError"])
        raise rpc_error(method, error, status)

    async def get_access_key(self, account_id: str, public_key: str) -> dict[str, Any]:
        """Read a key of an account, with its nonce, and the newest block; or ``error`` where there is none."""
        params = {"request_type": "view_access_key", "finality": "optimistic", "account_id": account_id, "public_key": public_key}
        answer: dict[str, Any] = await self.json_rpc("query", params)
        return answer

    async def send_tx_included(self, signed_tx: str) -> Any:
        """Hand a transaction to the node and come back without waiting for a block, nor for what the node thinks of it."""
        return await self.json_rpc("send_tx", {"signed_tx_base64": signed_tx, "wait_until": "NONE"})


class LocalProvider(Provider):
    """The way to a chain in this process: no thread has to be woken for the answer.

    ``chain`` gives the chain, or raises :class:`NodeError` where the node does not run.
    """

    keeps = False
    shown = "the node in this process"

    def __init__(self, chain: Callable[[], Served]) -> None:
        super().__init__()
        self._chain = chain
        self._answering: Answering | None = None

    async def end(self) -> None:
        """Answer those who still wait with the time-out; harmless when called twice."""
        answering, self._answering = self._answering, None
        if answering is not None:
            await answering.stop()

    async def _post(self, method: str, body: bytes) -> tuple[int, bytes]:
        # As over a connection: what others have sent by now comes first, and they go on while this one is answered.
        await asyncio.sleep(0)
        try:
            chain = self._chain()
        except NodeError as error:
            raise NodeUnreachable(f"{self.shown} does not answer {method}: {error}") from error
        if self._answering is None or self._answering.chain is not chain:
            self._answering = Answering(chain)
        return await self._answering.post(body)
