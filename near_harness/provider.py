"""py-near's JSON-RPC provider, on two ways to a node: over HTTP, or straight into a chain of this process.

py-near's own gives parts of answers, hides errors at HTTP statuses other than 200, and never closes its session.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import aiohttp
from py_near.providers import JsonProvider

from near_harness.endpoint import request_of, shown_address
from near_harness.errors import CertificateRefused, NodeError, NodeUnreachable, rpc_error
from near_harness.nodes.answering import Answering, Served
from near_harness.outcome.failures import parse_failure

_TOTAL_TIMEOUT_S = 60.0
_RECENT_S = 1.5
"""How long a block may stand in transactions after it was made. They have 100 blocks in a sandbox, which are 12 s where a block
is made each 120 ms."""
_OPEN: set[Provider] = set()
"""Providers whose sessions are open: they must not be collected before their loop closes them."""


class Provider(JsonProvider):  # type: ignore[misc] # py-near has no type information
    """py-near's JSON-RPC provider for one node and one event loop, with an HTTP session that the loop closes when it ends."""

    keeps = True
    """Whether what the chain said is still right a moment later: it is another program's, which does not go back."""

    def __init__(self, rpc_url: str) -> None:
        super().__init__(rpc_url, allow_broadcast=False)
        self.rpc_url = rpc_url
        self._block: tuple[str, float] | None = None
        self._keeper: AsyncGenerator[None, None] | None = None

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

    async def startup(self) -> None:
        """Open the HTTP session, and leave its closing to the running event loop."""
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TOTAL_TIMEOUT_S))
        self._connector = self._client.connector
        self._keeper = self._keep_open()
        await self._keeper.__anext__()

    async def _keep_open(self) -> AsyncGenerator[None, None]:
        """Hold the session open until the loop closes its asynchronous generators, which every runner of loops does."""
        _OPEN.add(self)
        try:
            yield
        finally:
            _OPEN.discard(self)
            await self.shutdown()

    async def end(self) -> None:
        """Close the HTTP session for good."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            await keeper.aclose()

    async def shutdown(self) -> None:
        """Close the HTTP session; harmless before the first request and when called twice."""
        if self._client is not None and not self._client.closed:
            await self._client.close()

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
        try:
            status, text = await self._post(request_of(method, params))
        except aiohttp.ClientConnectorCertificateError as error:
            said = getattr(error.certificate_error, "verify_message", error.certificate_error)
            raise CertificateRefused(shown_address(self.rpc_url), said) from None
        except (aiohttp.ClientError, asyncio.TimeoutError, NodeError) as error:
            where = shown_address(self.rpc_url)
            raise NodeUnreachable(f"{where} does not answer {method}: {error or type(error).__name__}") from error
        try:
            answer = json.loads(text)
        except ValueError:
            shown = text[:200].decode(errors="replace")
            raise NodeUnreachable(f"{shown_address(self.rpc_url)} answers {method} with HTTP {status}: {shown!r}") from None
        return {**answer, "http_status": status} if isinstance(answer, dict) else {"error": answer, "http_status": status}

    async def _post(self, body: bytes) -> tuple[int, bytes]:
        """Send a body of JSON-RPC and return HTTP status and body of the answer."""
        if self._client is None:
            await self.startup()
        async with self._client.post(self.rpc_url, data=body, headers={"Content-Type": "application/json"}) as response:
            return response.status, await response.read()

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

    async def send_tx_included(self, signed_tx: str) -> Any:
        """Hand a transaction to the node, which checks it, and come back without waiting for a block."""
        return await self.json_rpc("send_tx", {"signed_tx_base64": signed_tx, "wait_until": "NONE"})


class LocalProvider(Provider):
    """The same for a chain in this process: it is given the same bytes, and no thread has to be woken for the answer.

    ``chain`` gives the chain, or raises :class:`NodeError` where the node does not run.
    """

    keeps = False

    def __init__(self, rpc_url: str, chain: Callable[[], Served]) -> None:
        super().__init__(rpc_url)
        self._chain = chain
        self._answering: Answering | None = None

    async def startup(self) -> None:
        """Open nothing."""

    async def shutdown(self) -> None:
        """Answer those who still wait with the time-out; harmless when called twice."""
        answering, self._answering = self._answering, None
        if answering is not None:
            await answering.stop()

    async def end(self) -> None:
        """Likewise."""
        await self.shutdown()

    async def _post(self, body: bytes) -> tuple[int, bytes]:
        # As over a connection: what others have sent by now comes first, and they go on while this one is answered.
        await asyncio.sleep(0)
        chain = self._chain()
        if self._answering is None or self._answering.chain is not chain:
            self._answering = Answering(chain)
        return await self._answering.post(body)
