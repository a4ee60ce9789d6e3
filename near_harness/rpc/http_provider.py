"""py-near's JSON-RPC provider, for nodes that are reached over HTTP.

py-near's own gives parts of answers, hides errors at HTTP statuses other than 200, and never closes its session.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import aiohttp
from py_near.providers import JsonProvider

from near_harness.errors import CertificateRefused, NodeUnreachable
from near_harness.rpc.jsonrpc import shown_address
from near_harness.rpc.provider import Provider

_TOTAL_TIMEOUT_S = 60.0
_OPEN: set[HttpProvider] = set()
"""Providers whose sessions are open: they must not be collected before their loop closes them."""


class HttpProvider(Provider, JsonProvider):  # type: ignore[misc] # py-near has no type information
    """py-near's JSON-RPC provider for one node and one event loop, with an HTTP session that the loop closes when it ends."""

    keeps = True

    def __init__(self, rpc_url: str) -> None:
        JsonProvider.__init__(self, rpc_url, allow_broadcast=False)
        Provider.__init__(self)
        self.rpc_url = rpc_url
        self._keeper: AsyncGenerator[None, None] | None = None

    @property
    def shown(self) -> str:
        """The address without what may be a key in it."""
        return shown_address(self.rpc_url)

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

    async def _post(self, method: str, body: bytes) -> tuple[int, bytes]:
        if self._client is None:
            await self.startup()
        headers = {"Content-Type": "application/json"}
        try:
            async with self._client.post(self.rpc_url, data=body, headers=headers) as response:
                return response.status, await response.read()
        except aiohttp.ClientConnectorCertificateError as error:
            said = getattr(error.certificate_error, "verify_message", error.certificate_error)
            raise CertificateRefused(self.shown, said) from None
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise NodeUnreachable(f"{self.shown} does not answer {method}: {error or type(error).__name__}") from error
