"""The native part of the embedded node: one chain, driven by bytes of JSON-RPC."""

from os import PathLike
from typing import Literal, NoReturn, final

__all__ = [
    "Chain",
    "EngineError",
    "EnginePanic",
    "Pending",
    "Snapshot",
    "__version__",
    "protocol_versions",
    "sandbox_genesis",
]

__version__: str

class EngineError(Exception):
    """The engine refuses its input: a genesis, a path, a number. The text says what and why."""

class EnginePanic(EngineError):
    """A defect of the engine itself: a Rust panic, with its message and place. The process is well afterwards."""

@final
class Snapshot:
    """A chain at one moment: everything, by pointer. Valid for any :class:`Chain` of the same process."""

    @property
    def height(self) -> int: ...

@final
class Pending:
    """A request that waits for blocks. ``poll`` asks again; ``expire`` gives the answer for a client that waited too long."""

    def poll(self) -> tuple[int, bytes] | None: ...
    def expire(self) -> tuple[int, bytes]: ...

@final
class Chain:
    """One chain of one shard. Every call releases the GIL; calls from several threads queue."""

    def __new__(
        cls,
        genesis: str,
        *,
        blocks: Literal["auto", "interval", "manual"] = "auto",
        clock: Literal["steps", "wall"] = "steps",
        cache_dir: str | PathLike[str] | None = None,
    ) -> Chain:
        """``genesis``: JSON as in nearcore's ``genesis.json``. ``auto``: a sent transaction makes the blocks it waits for.
        ``interval``: blocks come from ``produce_blocks`` only, a ticker's work, and waiting requests are :class:`Pending`.
        ``manual``: likewise, but on the test's demand. ``steps``: time moves by a fixed step per block from the genesis
        time on; ``wall``: it follows the wall clock. ``cache_dir``: where compiled contracts are kept for other
        processes; without it they are kept in this one only."""

    def request(self, body: bytes) -> tuple[int, bytes] | Pending:
        """Answers one JSON-RPC request: HTTP status and body, or something to wait on."""

    def get(self, path: str) -> tuple[int, str, bytes]:
        """Answers ``GET path``: HTTP status, content type, body."""

    def produce_blocks(self, count: int = 1) -> None: ...
    def snapshot(self) -> Snapshot: ...
    def restore(self, snapshot: Snapshot) -> None: ...
    @property
    def pooled(self) -> bool:
        """Whether transactions wait for a block to take them."""

    @property
    def in_flight(self) -> bool:
        """Whether further blocks change anything by themselves: transactions, receipts or patches are on their way. False
        when nothing is left but yields that wait for somebody."""

    @property
    def height(self) -> int: ...
    @property
    def chain_id(self) -> str: ...
    @property
    def protocol_version(self) -> int: ...
    def _panic_for_tests(self, message: str) -> NoReturn:
        """Makes a block and panics, so that tests can see what a defect of the engine does to its caller."""

def sandbox_genesis(
    *,
    account_id: str = "sandbox",
    seed: str | None = "sandbox",
    chain_id: str = "sandbox",
    protocol_version: int = 86,
    epoch_length: int = 60,
    time_ns: int | None = None,
) -> str:
    """The ``genesis.json`` that ``near-sandbox init`` writes: the validator account ``account_id`` and ``near``."""

def protocol_versions() -> tuple[int, int]:
    """The oldest and the newest stable protocol version that the engine runs."""
