"""The HTTP front of a node: JSON-RPC over POST, a few pages over GET, headers for browsers. It only carries bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiohttp import web

from near_harness.nodes.defect import internal_error

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from near_harness.nodes.answering import Requests
    from near_harness.nodes.pump import Pump

_PAGES = ("/status", "/health", "/network_info", "/metrics")


def application(chain: Requests, pump: Pump, *, origins: Sequence[str], most_bytes: int) -> web.Application:
    """Return an application that serves ``chain``; ``pump`` makes the blocks that requests wait for."""

    async def post(request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/json":
            return web.Response(status=415, text="Expected request with `Content-Type: application/json`")
        content = await request.read()
        try:
            status, body = await pump.settle(lambda: chain.request(content))
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            status, body = internal_error(error)
        # What is no JSON is refused in plain text.
        kind = "application/json" if body[:1] == b"{" else "text/plain"
        return web.Response(status=status, body=body, content_type=kind)

    async def page(request: web.Request) -> web.StreamResponse:
        try:
            status, kind, body = chain.get(request.path)
        except Exception as error:  # noqa: BLE001 - as above
            status, body = internal_error(error)
            kind = "application/json"
        return web.Response(status=status, body=body, headers={"Content-Type": kind})

    app = web.Application(client_max_size=most_bytes, middlewares=[_cors(origins)])
    app.router.add_post("/", post)
    for path in _PAGES:
        app.router.add_get(path, page)
    return app


def _cors(origins: Sequence[str]) -> Middleware:
    """Tell browsers whose pages may ask."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        allowed = origin is not None and ("*" in origins or origin in origins)
        if allowed and request.method == "OPTIONS":
            response: web.StreamResponse = web.Response(status=200)
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST"
            response.headers["Access-Control-Allow-Headers"] = "authorization, accept, content-type"
            response.headers["Access-Control-Max-Age"] = "3600"
        else:
            response = await handler(request)
        if allowed and origin is not None:
            response.headers["Access-Control-Allow-Origin"] = "*" if "*" in origins else origin
            response.headers["Vary"] = "Origin"
        return response

    return middleware
