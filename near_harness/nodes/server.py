"""The HTTP server of a chain in this process: a thread with an event loop of its own that only carries bytes.

The loops of tests come and go; this one lives as long as the node. It listens on the loopback interface only.
"""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import Callable
from typing import Any

from aiohttp import web

from near_harness.errors import NodeError, PortInUse
from near_harness.nodes.answering import Answering, Served
from near_harness.nodes.ports import HOST, check_port

MAX_BODY_BYTES = 1 << 30
"""As the sandbox tools set it: a patch of a whole contract's state is one request."""
_STARTUP_LIMIT_S = 10.0


class RpcServer:
    """Serves a chain on ``127.0.0.1``; ``port`` 0 takes a free one. Requests that wait get their blocks at once."""

    def __init__(self, chain: Served, *, port: int = 0) -> None:
        self._chain = chain
        self._port = check_port(port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopped: asyncio.Event | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self._port}"

    def start(self) -> None:
        """Start the thread; returns when requests are accepted.

        :raises PortInUse: where another program has the port.
        """
        ready: list[BaseException | None] = []
        is_ready = threading.Event()

        def report(error: BaseException | None) -> None:
            ready.append(error)
            is_ready.set()

        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(report)), name="near-harness-rpc", daemon=True)
        self._thread.start()
        if not is_ready.wait(_STARTUP_LIMIT_S):
            raise NodeError(f"the RPC server did not start within {_STARTUP_LIMIT_S:.0f} s")
        error = ready[0]
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"port {self._port} on {HOST} is in use by another program: choose another, or 0 for a free one"
            ) from error
        if error is not None:
            raise NodeError(f"the RPC server cannot listen on {HOST}:{self._port}: {error}") from error

    def stop(self) -> None:
        """Stop accepting requests and end the thread; harmless when it does not run."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None or self._stopped is None:
            return
        if thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
            thread.join(_STARTUP_LIMIT_S)

    async def _serve(self, report: Callable[[BaseException | None], None]) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        answering = Answering(self._chain)

        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            return await _carry(request, answering)

        runner = web.ServerRunner(web.Server(answer, request_factory=_request), access_log=None, shutdown_timeout=0.2)
        try:
            await runner.setup()
            site = web.TCPSite(runner, HOST, self._port)
            await site.start()
            self._port = runner.addresses[0][1]
        except Exception as error:  # noqa: BLE001 - the thread that waits raises it
            await runner.cleanup()
            report(error)
            return
        report(None)
        await self._stopped.wait()
        await answering.stop()
        await runner.cleanup()


async def _carry(request: web.BaseRequest, answering: Answering) -> web.StreamResponse:
    if request.method == "POST":
        status, body = await answering.post(await request.read())
        return web.Response(status=status, body=body, content_type="application/json")
    if request.method in ("GET", "HEAD"):
        status, kind, body = answering.get(request.path)
        return web.Response(status=status, body=body, headers={"Content-Type": kind})
    return web.Response(status=405, text="POST JSON-RPC, or GET /status")


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY_BYTES)
