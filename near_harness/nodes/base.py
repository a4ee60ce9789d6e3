"""What every kind of node offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from near_harness.keys import KeyPair


@dataclass(frozen=True)
class Capabilities:
    """What a kind of node can do beyond JSON-RPC. ``protocol_versions`` are the oldest and the newest that it runs."""

    snapshot: bool
    time_travel: bool
    patch_state: bool
    stepping: bool
    protocol_versions: tuple[int, int]


@dataclass(frozen=True)
class NodeSettings:
    """What a node is started with. ``protocol_version`` None means the newest that the kind runs; port 0 a free one."""

    kind: str = "embedded"
    protocol_version: int | None = 86
    port: int = 0


@dataclass(frozen=True)
class Readiness:
    """Whether a kind of node can run here, and if not, why and what mends it."""

    ready: bool
    detail: str
    protocol_versions: tuple[int, int] | None = None


class Node(Protocol):
    """A node that runs, or can be started. Everything else about it goes through JSON-RPC at :attr:`rpc_url`."""

    @property
    def kind(self) -> str:
        """The kind's name, as in ``--near-node``."""

    @property
    def capabilities(self) -> Capabilities:
        """What this node can do beyond JSON-RPC."""

    @property
    def protocol_version(self) -> int:
        """The protocol version of its chain, which never changes while the chain lives."""

    @property
    def rpc_url(self) -> str:
        """Where JSON-RPC is served, such as ``http://127.0.0.1:3030``."""

    @property
    def root_account_id(self) -> str:
        """The account that holds the money of the chain."""

    @property
    def root_key(self) -> KeyPair:
        """A full access key of the root account."""

    @property
    def height(self) -> int:
        """The height of the newest block."""

    def start(self) -> None:
        """Start it; returns when it answers.

        :raises NodeError: where it cannot be started; the text names the remedy.
        """

    def stop(self) -> None:
        """Stop it and free what it holds; harmless when it does not run."""

    def fast_forward(self, blocks: int) -> None:
        """Make the chain ``blocks`` longer at once.

        :raises CapabilityMissing: where the kind cannot.
        """

    def snapshot(self) -> Any:
        """Return the chain at this moment, to be given to :meth:`restore`.

        :raises CapabilityMissing: where the kind cannot.
        """

    def restore(self, snapshot: Any) -> None:
        """Bring the chain back: state, height, time, everything.

        :raises CapabilityMissing: where the kind cannot.
        """
