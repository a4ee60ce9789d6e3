"""A node that runs until it is told to stop: a chain, a ticker, an HTTP server."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from near_harness.errors import NodeError, PortInUse
from near_harness.nodes.defect import going_on
from near_harness.nodes.engine import contract_cache, load_engine
from near_harness.nodes.pump import Pump
from near_harness.sandbox.files import CONFIG, BrokenHome, read_json
from near_harness.sandbox.http import application
from near_harness.sandbox.settings import Address, Settings
from near_harness.sandbox.store import KeptChain, Store

FIRST_BLOCKS = 4
"""With this many the newest final block is not genesis: clients take the hash that they sign over from it."""


def open_chain(home: Path, settings: Settings, address: Address) -> Any:
    """Make the chain that ``genesis.json`` describes, and all the blocks that it had when the node last ran.

    :raises BrokenHome: naming what is wrong with it.
    """
    engine = load_engine()
    genesis = read_json(settings.genesis)
    try:
        chain = engine.Chain(
            json.dumps(genesis),
            blocks="interval",
            clock="wall",
            cache_dir=contract_cache(),
            rpc_addr=str(address),
            node_public_key=settings.node_public_key,
            validator_key=settings.validator_key,
            max_gas_burnt_view=settings.max_gas_burnt_view,
            config=settings.text,
        )
    except engine.EngineError as error:
        raise BrokenHome(f"{_file_of(error, home, settings)}: {error}") from error
    kept = KeptChain(chain, Store(home, genesis))
    kept.produce_blocks(FIRST_BLOCKS)
    return kept


def _file_of(error: Exception, home: Path, settings: Settings) -> Path:
    """The file that the engine complains of: its text begins with the name of what it was given."""
    places = {"config:": home / CONFIG, "validator_key:": settings.validator_key_file, "node_public_key=": settings.node_key_file}
    return next((file for begin, file in places.items() if str(error).startswith(begin)), settings.genesis)


def run(home: Path, rpc: Address | None, report: Callable[[str], None]) -> None:
    """Serve the chain of a home folder until SIGINT or SIGTERM.

    :raises BrokenHome: where a file is missing or cannot be used.
    :raises PortInUse: where another program has the port.
    """
    settings = Settings.read(home)
    address = rpc or settings.rpc
    chain = open_chain(home, settings, address)
    try:
        serving = Serving(address, settings.origins, settings.most_bytes, settings.patience_s, settings.block_time_s)
        ready = f"{chain.chain_id}, protocol {chain.protocol_version}: JSON-RPC on http://{address}"
        asyncio.run(serve(chain, serving, lambda: report(ready)))
    except load_engine().EngineError as error:
        raise NodeError(f"the chain cannot go on: {error}") from error


@dataclass(frozen=True)
class Serving:
    """How a chain is served: where, to whose pages in a browser, with what limits, and a block how often when nothing is sent."""

    address: Address
    origins: tuple[str, ...] = ("*",)
    most_bytes: int = 10 * 1024 * 1024
    patience_s: float = 10.0
    block_time_s: float = 0.1


def _no_pages(app: web.Application) -> None:
    """Serve JSON-RPC only."""


async def serve(
    chain: Any, serving: Serving, ready: Callable[[], None], add_pages: Callable[[web.Application], None] = _no_pages
) -> None:
    """Serve a chain until SIGINT or SIGTERM; ``ready`` is called when it answers. ``add_pages`` adds to what GET finds.

    :raises PortInUse: where another program has the port.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform == "win32":  # whose loops take no handlers
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
        else:
            loop.add_signal_handler(number, stop.set)
    pump = Pump(chain, patience_s=serving.patience_s)
    app = application(chain, pump, origins=serving.origins, most_bytes=serving.most_bytes)
    add_pages(app)
    runner = web.AppRunner(app, access_log=None, logger=_unheard(), handle_signals=False, shutdown_timeout=0.2)
    await runner.setup()
    ticker: asyncio.Task[None] | None = None
    try:
        await _listen(runner, serving.address)
        ready()
        ticker = asyncio.create_task(_tick(chain, serving.block_time_s))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({ticker, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if ticker.done():
            ticker.result()  # what ended it is an error of the engine
    finally:
        if ticker is not None:
            ticker.cancel()
        await pump.stop()
        await runner.cleanup()


def _unheard() -> logging.Logger:
    """A logger that says nothing.

    aiohttp tells of each client that hangs up in a request, with a traceback. Many of those fill the pipe of a parent that does
    not read it, and then the node stands still. What fails in the node itself is answered to the client.
    """
    logger = logging.getLogger(f"{__name__}.http")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    return logger


async def _listen(runner: web.AppRunner, address: Address) -> None:
    try:
        await web.TCPSite(runner, address.host, address.port).start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(f"{address} is in use by another program: choose another port") from error
        raise NodeError(f"cannot listen on {address}: {error.strerror or error}") from error


async def _tick(chain: Any, each_s: float) -> None:
    """Clients wait for the height to grow, so blocks come when nothing is sent as well."""
    while True:
        before = chain.height
        await asyncio.sleep(each_s)
        # Not right after a block that a request has waited for: its client shall find what it was told.
        if chain.height == before:
            with going_on():
                chain.produce_blocks(1)
