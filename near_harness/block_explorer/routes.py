"""Where the pages are. They are made in a thread, so that the node answers others meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from near_harness.block_explorer import pages
from near_harness.block_explorer.reading import ChainReader
from near_harness.errors import RpcError

_HEADERS = {
    # The pages are whole: nothing is loaded from anywhere, and nobody frames them.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def add_routes(app: web.Application, chain: Any, rpc_url: str) -> None:
    """Serve the pages beside the JSON-RPC of a node."""
    explorer = _Explorer(ChainReader(chain), rpc_url)
    app.router.add_get("/", explorer.overview)
    app.router.add_get("/accounts", explorer.accounts)
    app.router.add_get("/accounts/{name}", explorer.account)
    app.router.add_get("/transactions", explorer.transactions)
    app.router.add_get("/transactions/{hash}", explorer.transaction)
    app.router.add_get(r"/blocks/{height:\d{1,18}}", explorer.block)
    app.router.add_get("/explorer/count", explorer.count)
    app.router.add_get("/search", explorer.search)


class _Explorer:
    """What answers, a method for each kind of page."""

    def __init__(self, reader: ChainReader, rpc_url: str) -> None:
        self._reader, self._rpc_url = reader, rpc_url

    async def overview(self, _request: web.Request) -> web.Response:
        return await self._page(lambda: pages.overview(self._reader, self._rpc_url), "the chain")

    async def accounts(self, _request: web.Request) -> web.Response:
        return await self._page(lambda: pages.all_accounts(self._reader), "accounts")

    async def account(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return await self._page(lambda: pages.account(self._reader, name), f"account {name}")

    async def transactions(self, _request: web.Request) -> web.Response:
        return await self._page(lambda: pages.all_transactions(self._reader), "transactions")

    async def transaction(self, request: web.Request) -> web.Response:
        tx_hash = request.match_info["hash"]
        sent = await asyncio.to_thread(self._reader.transaction, tx_hash)
        if sent is None:
            return _response(pages.nothing(f"transaction {tx_hash}"), 404)
        return await self._page(lambda: pages.transaction(self._reader, sent), tx_hash)

    async def block(self, request: web.Request) -> web.Response:
        height = int(request.match_info["height"])
        return await self._page(lambda: pages.block(self._reader, height), f"block {height}")

    async def count(self, _request: web.Request) -> web.Response:
        return web.Response(text=str(len(await asyncio.to_thread(self._reader.transactions))), headers=_HEADERS)

    async def search(self, request: web.Request) -> web.Response:
        wanted = request.query.get("q", "").strip()
        if re.fullmatch(r"[0-9]{1,18}", wanted):
            raise web.HTTPFound(f"/blocks/{int(wanted)}")
        if await asyncio.to_thread(self._reader.transaction, wanted) is not None:
            raise web.HTTPFound(f"/transactions/{wanted}")
        if re.fullmatch(r"[a-z0-9._-]{2,64}", wanted):
            raise web.HTTPFound(f"/accounts/{wanted}")
        return _response(pages.nothing(wanted), 404)

    async def _page(self, make: Callable[[], str], what: str) -> web.Response:
        try:
            return _response(await asyncio.to_thread(make), 200)
        except RpcError:  # no such account or block
            return _response(pages.nothing(what), 404)


def _response(text: str, status: int) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", headers=_HEADERS)
