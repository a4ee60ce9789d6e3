"""A node that is run by hand: a fresh chain in memory, its JSON-RPC and its explorer on one port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from near_harness.block_explorer.routes import add_routes
from near_harness.errors import InvalidSetting, NodeError
from near_harness.keys import KeyPair
from near_harness.nodes.engine import contract_cache, load_engine
from near_harness.sandbox.node import FIRST_BLOCKS, Serving, serve
from near_harness.sandbox.settings import Address


@dataclass(frozen=True)
class NodeToRun:
    """What to run. ``protocol_version`` None is the newest; ``block_time_s`` passes between blocks when nothing is sent."""

    address: Address
    protocol_version: int | None
    account_id: str
    block_time_s: float


def run(node: NodeToRun, report: Callable[[dict[str, Any]], None]) -> None:
    """Serve until SIGINT or SIGTERM. ``report`` hears where and as whom when it answers.

    :raises InvalidSetting: for a protocol version or an account that cannot be.
    :raises PortInUse: where another program has the port.
    """
    engine = load_engine()
    oldest, newest = engine.protocol_versions()
    version = newest if node.protocol_version is None else node.protocol_version
    if not oldest <= version <= newest:
        raise InvalidSetting(f"protocol version {version}: the engine runs {oldest} to {newest} (or 'latest')")
    key = KeyPair.from_seed(node.account_id)
    url = f"http://{node.address}"
    try:
        genesis = engine.sandbox_genesis(account_id=node.account_id, seed=node.account_id, protocol_version=version)
        chain = engine.Chain(genesis, blocks="interval", clock="wall", cache_dir=contract_cache(), rpc_addr=str(node.address))
        chain.produce_blocks(FIRST_BLOCKS)
    except engine.EngineError as error:
        raise InvalidSetting(str(error)) from error
    told = {
        "rpc": url,
        "explorer": f"{url}/",
        "protocol_version": version,
        "root_account": node.account_id,
        "root_key": key.secret_key,
    }
    serving = Serving(node.address, block_time_s=node.block_time_s)
    try:
        asyncio.run(serve(chain, serving, lambda: report(told), lambda app: add_routes(app, chain, url)))
    except engine.EngineError as error:
        raise NodeError(f"the chain cannot go on: {error}") from error
