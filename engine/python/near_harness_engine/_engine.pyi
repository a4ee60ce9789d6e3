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
    def save(self, note: bytes = b"") -> bytes:
        """Everything as the bytes of a file, with a note of the caller's, for :meth:`Chain.load` of any process. Compiled
        contracts are not in it."""

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
        rpc_addr: str | None = None,
        node_public_key: str | None = None,
        validator_key: str | None = None,
        max_gas_burnt_view: int | None = None,
        config: str | None = None,
    ) -> Chain:
        """``genesis``: JSON as in nearcore's ``genesis.json``. ``auto``: a sent transaction makes the blocks it waits for.
        ``interval``: blocks come from ``produce_blocks`` only, a ticker's work, and waiting requests are :class:`Pending`.
        ``manual``: likewise, but on the test's demand. ``steps``: time moves by a fixed step per block from the genesis
        time on; ``wall``: it follows the wall clock. ``cache_dir``: where compiled contracts are kept for other
        processes; without it they are kept in this one only. ``rpc_addr`` and ``node_public_key``: what ``status`` shows.
        ``validator_key``: the secret key ``ed25519:…`` of the validator, with which blocks are signed for those who ask; without
        it they have signatures of zeros. ``max_gas_burnt_view``: the most gas of a view call; by default as much as of any
        call. ``config``: JSON as in nearcore's ``config.json``, for what ``client_config`` shows."""

    def request(self, body: bytes) -> tuple[int, bytes] | Pending:
        """Answers one JSON-RPC request: HTTP status and body, or something to wait on."""

    def get(self, path: str) -> tuple[int, str, bytes]:
        """Answers ``GET path``: HTTP status, content type, body."""

    def produce_blocks(self, count: int = 1) -> None: ...
    def produce_block_of(self, *, transactions: list[str] = ..., receipts: list[str] = ..., overtaking: bool = False) -> None:
        """Makes a block of exactly these transactions of the pool and receipts that are delayed or on their way, by their
        hashes and ids in base58, in the order in which they run; the others wait on. Receipts of one sender and receiver
        keep their order unless ``overtaking``. Refused choices are an EngineError, and change nothing."""

    def produce_until(self, timestamp: int, blocks: int) -> None:
        """Makes ``blocks`` blocks, equally long, the last of them at ``timestamp`` (nanoseconds since 1970)."""

    def produce_to_epoch(self, epoch_height: int) -> None:
        """Makes blocks until the newest is of the epoch with this height, or of a later one."""

    def set_next(self, *, timestamp: int | None = None, random: bytes | None = None, step: int | None = None) -> None:
        """Chooses the time (nanoseconds since 1970) and the random value (32 bytes) of the next block, and the time from
        block to block (nanoseconds); what is None stays as it is. All of it is done, or nothing."""

    def pending(self) -> bytes:
        """What has not run yet, as JSON: ``transactions``, ``receipts``, ``delayed``, ``postponed``, ``yields``."""

    def pause(self, paused: bool) -> None:
        """Lets blocks come on demand only (``manual``); or, with False, in the chain's own way again."""

    def keep_journal(self) -> None:
        """From now on notes what each block is made of."""

    def take_journal(self) -> list[tuple[int, bytes]]:
        """What was noted since the last time: heights and entries, oldest first."""

    def replay(self, entries: list[bytes]) -> None:
        """Makes the blocks of entries again, oldest first. The chain must be the one that they follow."""

    def records(self) -> bytes:
        """All accounts, keys, code and data after the newest block, as the JSON of a genesis' ``records``."""

    def snapshot(self) -> Snapshot: ...
    def restore(self, snapshot: Snapshot) -> None:
        """Puts the chain back to what it was. Whether it is paused stays as it is."""

    def load(self, file: bytes) -> tuple[Snapshot, bytes]:
        """The snapshot in what :meth:`Snapshot.save` gave, to be restored on this chain; and the note. The protocol version
        must be this chain's."""

    @property
    def timestamp(self) -> int:
        """The time of the newest block, in nanoseconds since 1970."""

    @property
    def step(self) -> int:
        """Nanoseconds from block to block."""

    @property
    def epoch_height(self) -> int:
        """The height of the epoch of the newest block: 1 for the first."""

    @property
    def paused(self) -> bool:
        """Whether blocks come on demand only."""

    @property
    def pooled(self) -> bool:
        """Whether transactions wait for a block to take them."""

    @property
    def gapped(self) -> bool:
        """Whether transactions wait whose key has not used the numbers before theirs: these may be on their way."""

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
