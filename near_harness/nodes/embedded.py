"""The embedded node: the engine's chain in this process, served on the loopback to those who ask for its address."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

from near_harness.errors import InvalidSetting, NodeError, NodeStartFailed
from near_harness.keys import KeyPair
from near_harness.nodes.answering import Served
from near_harness.nodes.base import Capabilities, NodeSettings, Readiness
from near_harness.nodes.edits import edit_genesis
from near_harness.nodes.engine import FAST_EPOCH, MOST_BLOCKS, SLOW_EPOCH, contract_cache, load_engine
from near_harness.nodes.local import LocalRpc
from near_harness.nodes.logs import debug_log
from near_harness.nodes.ports import check_port

if TYPE_CHECKING:
    from near_harness.nodes.server import RpcServer

_ROOT = "sandbox"
_NONE_OF_IT = (1 << 64) - 1
"""The number of a text that no log gets to: only how many there are is asked for."""


def create(settings: NodeSettings) -> EmbeddedNode:
    """Make an embedded node, not started yet."""
    return EmbeddedNode(settings)


def readiness() -> Readiness:
    """Say whether the engine is installed and fits."""
    try:
        engine = load_engine()
    except NodeError as error:
        return Readiness(ready=False, detail=str(error))
    return Readiness(ready=True, detail=f"engine {engine.__version__}", protocol_versions=engine.protocol_versions())


class EmbeddedNode:
    """One chain in this process. Its blocks come when a transaction needs them; nothing sleeps."""

    kind = "embedded"
    root_account_id = _ROOT
    root_key = KeyPair.from_seed(_ROOT)

    def __init__(self, settings: NodeSettings) -> None:
        if settings.detail:
            raise InvalidSetting(f"--near-node={settings.name}: the embedded node has nothing to choose; write 'embedded'")
        self._engine = load_engine()
        oldest, newest = self._engine.protocol_versions()
        self.protocol_version = newest if settings.protocol_version is None else settings.protocol_version
        if not oldest <= self.protocol_version <= newest:
            raise InvalidSetting(f"protocol version {self.protocol_version}: the engine runs {oldest} to {newest} (or 'latest')")
        self.capabilities = Capabilities(
            snapshot=True, time_travel=True, patch_state=True, stepping=True, protocol_versions=(oldest, newest)
        )
        self._settings = settings
        self.genesis_time_ns = time.time_ns() if settings.genesis_time_ns is None else settings.genesis_time_ns
        """When the chain begins, in nanoseconds since 1970: all its times follow from this."""
        self._chain: Any = None
        self._genesis: Any = None
        self._port = check_port(settings.port)
        self._server: RpcServer | None = None
        self._serving = threading.Lock()
        self.rpc = LocalRpc(self.local_chain, lambda: self.rpc_url)
        """JSON-RPC where nothing is awaited, without HTTP."""

    @property
    def rpc_url(self) -> str:
        """The loopback address of the server, which the first question for it starts.

        :raises NodeError: before :meth:`start`.
        """
        with self._serving:
            if self._server is None:
                self._server = self._served(self.chain)
            return self._server.url

    @property
    def chain(self) -> Any:
        """The engine's chain (``near_harness_engine.Chain``).

        :raises NodeError: before :meth:`start`.
        """
        if self._chain is None:
            raise NodeError("the embedded node is not started")
        return self._chain

    def local_chain(self) -> Served:
        """Return the chain, which answers JSON-RPC without HTTP.

        :raises NodeError: while the node does not run.
        """
        found: Served = self.chain
        return found

    def start(self) -> None:
        """Make the chain from its genesis. Where a port was asked for it is served at once, else to who asks for the address.

        :raises PortInUse: where the port that was asked for is taken.
        """
        if self._chain is not None:
            return
        genesis = self._engine.sandbox_genesis(
            account_id=_ROOT,
            seed=_ROOT,
            chain_id="sandbox",
            protocol_version=self.protocol_version,
            time_ns=self.genesis_time_ns,
            epoch_length=FAST_EPOCH if self._settings.fast else SLOW_EPOCH,
        )
        chain = self._new_chain(genesis)
        if self._port:
            self._server = self._served(chain)
        self._chain, self._genesis = chain, chain.snapshot()

    def _served(self, chain: Any) -> RpcServer:
        # aiohttp takes a fifth of a second to be imported, and the tests of this process need no server.
        from near_harness.nodes.server import RpcServer  # noqa: PLC0415

        server = RpcServer(chain, port=self._port)
        server.start()
        return server

    def _new_chain(self, genesis_json: str) -> Any:
        genesis: dict[str, Any] = json.loads(genesis_json)
        edit_genesis(genesis, self._settings)
        config: dict[str, Any] = {"max_gas_burnt_view": None, "gc_num_epochs_to_keep": None}
        for edit in self._settings.config:
            edit.apply(config, "the embedded node's configuration", new_names=False)
        try:
            return self._engine.Chain(
                json.dumps(genesis),
                blocks="interval",
                cache_dir=contract_cache(self._settings.tell),
                validator_key=self.root_key.secret_key,
                **config,
            )
        except (self._engine.EngineError, TypeError, OverflowError) as error:
            raise NodeStartFailed(f"the chain cannot begin: {error}") from error

    def stop(self) -> None:
        """Stop serving and let the chain go."""
        server, self._server, self._chain, self._genesis = self._server, None, None, None
        if server is not None:
            server.stop()

    @property
    def height(self) -> int:
        """The height of the newest block."""
        return int(self.chain.height)

    def fast_forward(self, blocks: int) -> None:
        """Make ``blocks`` blocks at once; of more than a million most are heights without a block, as on a real sandbox."""
        if blocks <= MOST_BLOCKS:
            self.chain.produce_blocks(blocks)
        else:
            self.chain.skip_heights(blocks)

    def renew(self) -> None:
        """Begin again with a fresh chain, at the same address."""
        self.restore(self._genesis)

    def log_position(self) -> int:
        """Return how many texts contracts have printed."""
        return 0 if self._chain is None else int(self._chain.debug_log(_NONE_OF_IT)[0])

    def log_since(self, position: int) -> str:
        """Return what contracts have printed with ``sandbox_debug_log`` since then: there is nothing else in this log."""
        return "" if self._chain is None else debug_log(self._chain.debug_log(position)[1])

    def snapshot(self) -> Any:
        """Return the chain at this moment: a pointer, not a copy."""
        return self.chain.snapshot()

    def restore(self, snapshot: Any) -> None:
        """Bring the chain back to a snapshot."""
        self.chain.restore(snapshot)
