"""What every kind of node offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from near_harness.keys import KeyPair
    from near_harness.nodes.answering import Served
    from near_harness.nodes.edits import Edit
    from near_harness.rpc.jsonrpc import Questions


@dataclass(frozen=True)
class Capabilities:
    """What a kind of node can do beyond JSON-RPC. ``protocol_versions`` are the oldest and the newest that it runs."""

    snapshot: bool
    time_travel: bool
    patch_state: bool
    stepping: bool
    protocol_versions: tuple[int, int] | None
    """None for a node that says so only when it runs."""

    def has(self, name: str) -> bool:
        """Whether it has the capability of this name (one of :data:`CAPABILITIES`)."""
        return bool(getattr(self, name))


CAPABILITIES = ("snapshot", "time_travel", "patch_state", "stepping")
"""What a test can ask for with ``@pytest.mark.near_needs(…)``."""


def _silent(text: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class NodeSettings:
    """What a node is started with.

    ``detail`` belongs to the kind: an image or its tag, a version or the path of a binary, a URL. ``protocol_version`` None
    means the newest that the kind runs; kinds that have a version of their own compare it where ``protocol_chosen``. Port 0 is
    a free one. ``block_time_ms`` None leaves it at the node's own. ``fast``: short epochs and block times, as of ``init --fast``.
    ``genesis`` and ``config`` change settings of ``genesis.json`` and ``config.json``. ``genesis_time_ns`` (nanoseconds since
    1970) is for the embedded node, None for the wall clock. ``tell`` hears what takes long, such as a download.
    """

    kind: str = "embedded"
    protocol_version: int | None = 86
    port: int = 0
    detail: str = ""
    protocol_chosen: bool = False
    block_time_ms: int | None = None
    fast: bool = True
    genesis: tuple[Edit, ...] = ()
    config: tuple[Edit, ...] = ()
    genesis_time_ns: int | None = None
    tell: Callable[[str], None] = field(default=_silent, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The node as ``--near-node`` names it."""
        if self.kind == "remote":
            return self.detail or self.kind
        return f"{self.kind}:{self.detail}" if self.detail else self.kind


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
    def rpc(self) -> Questions:
        """JSON-RPC where nothing is awaited."""

    @property
    def local_chain(self) -> Callable[[], Served] | None:
        """How to get at a chain in this process, which answers JSON-RPC without HTTP; None where it is another program."""

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

    def renew(self) -> None:
        """Begin again with a fresh chain; :attr:`rpc_url` may change.

        :raises CapabilityMissing: where the kind cannot.
        """

    def log_position(self) -> Any:
        """Return where the node's log ends now, for :meth:`log_since`."""

    def log_since(self, position: Any) -> str:
        """Return what the node has written to its log since then; empty where the kind keeps none."""

    def snapshot(self) -> Any:
        """Return the chain at this moment, to be given to :meth:`restore`.

        :raises CapabilityMissing: where the kind cannot.
        """

    def restore(self, snapshot: Any) -> None:
        """Bring the chain back: state, height, time, everything.

        :raises CapabilityMissing: where the kind cannot.
        """
