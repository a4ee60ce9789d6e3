"""What the kinds have in common whose node runs outside of this process: everything they say comes over JSON-RPC."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NoReturn

from near_harness.errors import CapabilityMissing, NodeError, NodeStartFailed, ProtocolMismatch, RpcError
from near_harness.keys import KeyPair
from near_harness.nodes.base import Capabilities, NodeSettings
from near_harness.nodes.rpc import Rpc

START_LIMIT_S = 60.0


class ServedNode(ABC):
    """A node that is reached by JSON-RPC alone."""

    kind: str
    local_chain = None
    capabilities = Capabilities(snapshot=False, time_travel=True, patch_state=True, stepping=False, protocol_versions=None)

    def __init__(self, settings: NodeSettings) -> None:
        self._settings = settings
        self._rpc: Rpc | None = None
        self._root: tuple[str, KeyPair] | None = None
        self._protocol_version = 0

    @property
    def name(self) -> str:
        """The node as ``--near-node`` names it."""
        return self._settings.name

    @property
    def rpc_url(self) -> str:
        """Where JSON-RPC is served."""
        return self.rpc.url

    @property
    def rpc(self) -> Rpc:
        """The way to the node.

        :raises NodeError: before :meth:`start`.
        """
        if self._rpc is None:
            raise NodeError(f"the {self.kind} node is not started")
        return self._rpc

    @property
    def protocol_version(self) -> int:
        """The protocol version of its chain, as it said at the start."""
        return self._protocol_version

    @property
    def root_account_id(self) -> str:
        """The account that holds the money of the chain."""
        return self._root_of()[0]

    @property
    def root_key(self) -> KeyPair:
        """A full access key of the root account."""
        return self._root_of()[1]

    @property
    def height(self) -> int:
        """The height of the newest block."""
        return int(self.rpc.status()["sync_info"]["latest_block_height"])

    @abstractmethod
    def start(self) -> None:
        """Start it; returns when it answers."""

    @abstractmethod
    def stop(self) -> None:
        """Stop it and free what it holds; harmless when it does not run."""

    @abstractmethod
    def log_position(self) -> Any:
        """Return where the node's log ends now."""

    @abstractmethod
    def log_since(self, position: Any) -> str:
        """Return what the node has written to its log since then."""

    def renew(self) -> None:
        """Begin again with a fresh chain: another node of the same settings."""
        self.stop()
        self.start()

    def fast_forward(self, blocks: int) -> None:
        """Make the chain longer, and wait until height and time have moved."""
        if not self.capabilities.time_travel:
            self._cannot("time_travel")
        self.rpc.fast_forward(blocks)

    def snapshot(self) -> NoReturn:
        """Refuse.

        :raises CapabilityMissing: always: no real node can go back.
        """
        self._cannot("snapshot")

    def restore(self, snapshot: Any) -> NoReturn:  # noqa: ARG002 - the interface's
        """Refuse.

        :raises CapabilityMissing: always: no real node can go back.
        """
        self._cannot("snapshot")

    def _hang_up(self) -> None:
        """Close the connections to a node that stops."""
        rpc, self._rpc = self._rpc, None
        if rpc is not None:
            rpc.close()

    def _cannot(self, capability: str) -> NoReturn:
        raise CapabilityMissing(f"the node {self.name} has no {capability}: mark the test with near_needs({capability!r})")

    def _root_of(self) -> tuple[str, KeyPair]:
        if self._root is None:
            raise NodeError(f"the {self.kind} node is not started")
        return self._root

    def _accept(self, rpc: Rpc, status: dict[str, Any], root_account_id: str, root_key: KeyPair) -> None:
        """Take up a node that answers, after a look at its protocol version and its root key."""
        version = int(status["protocol_version"])
        wanted = self._settings.protocol_version
        if self._settings.protocol_chosen and wanted is not None and version != wanted:
            raise ProtocolMismatch(
                version,
                f"the node {self.name} runs protocol {version}, but {wanted} was asked for: leave --near-protocol out, "
                "or choose a node of that version",
            )
        key = {"request_type": "view_access_key", "account_id": root_account_id, "public_key": root_key.public_key}
        try:
            answer = rpc.call("query", {**key, "finality": "optimistic"})
        except RpcError as error:
            answer = {"error": str(error)}
        if "error" in answer:
            raise NodeStartFailed(
                f"the node {self.name} does not know the key {root_key.public_key} of its root account {root_account_id!r}: "
                f"{answer['error']}"
            )
        self._rpc, self._protocol_version, self._root = rpc, version, (root_account_id, root_key)
