"""The native part of the embedded node: one chain, driven by bytes of JSON-RPC."""

from os import PathLike
from typing import Literal, NoReturn, final

__all__ = [
    "Chain",
    "EngineError",
    "EnginePanic",
    "Parcel",
    "Pending",
    "Refused",
    "Snapshot",
    "Step",
    "TakenOut",
    "World",
    "__version__",
    "log_to_stderr",
    "protocol_versions",
    "sandbox_genesis",
]

__version__: str

class EngineError(Exception):
    """The engine refuses its input: a genesis, a path, a number. The text says what and why."""

class EnginePanic(EngineError):
    """A defect of the engine itself: a Rust panic, with its message and place. The process is well afterwards."""

class TakenOut(EnginePanic):
    """A panic at a transaction or receipt, which was taken out of the chain: the next blocks are made without it."""

class Refused(EngineError):
    """The protocol refuses a transaction (the text is its status in JSON), or a contract a view call."""

@final
class Parcel:
    """A receipt in a world. Its name says where it stands in the tree of its transaction, the same in every order: below
    a transaction's receipt ``w0``, ``w0.1`` is the second receipt that it sends, ``w0.1.cb`` the result of that."""

    @property
    def name(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def predecessor(self) -> str: ...
    @property
    def receiver(self) -> str: ...
    @property
    def kind(self) -> Literal["call", "transfer", "actions", "refund", "data", "resume", "distribution"]: ...
    @property
    def methods(self) -> list[str]: ...
    @property
    def deposit(self) -> int:
        """Yocto that it brings."""

    @property
    def free(self) -> bool:
        """Whether it only adds to the balance of an account without a contract, so that it commutes with everything."""

@final
class Step:
    """What running a receipt did."""

    @property
    def world(self) -> World: ...
    @property
    def sent(self) -> list[Parcel]:
        """What is on its way because of it, oldest first."""

    @property
    def succeeded(self) -> bool:
        """Whether nothing failed, refunds left out."""

    @property
    def executed(self) -> list[str]:
        """The names of the receipts that were executed: none where data was only laid down."""

    def runs(self) -> bytes:
        """The receipts that were executed, as JSON: ``name``, ``kind``, ``receipt`` and ``outcome`` as nearcore's views."""

    def changes(self) -> list[tuple[str, bytes, bytes | None, bytes | None]]:
        """The contracts' data that changed: account, key, value before, value after."""

@final
class World:
    """A state and the receipts that are on their way in it. It never changes: what happens gives another world, by pointer."""

    def submit(self, signed: bytes, name: str) -> tuple[World, Parcel]:
        """The world in which a signed transaction (borsh) has been charged, and its receipt, which is on its way under this
        name."""

    def deliver(self, name: str, fault: Literal["absent", "no code"] | bytes | None = None) -> Step:
        """Runs a receipt that is on its way, and what follows from it at once: the receipt that waited for its data, instant
        receipts, refunds. With a fault the receiver is missing, without a contract, or runs this other contract, for this
        receipt only."""

    def view(self, contract_id: str, method: str, args: bytes = b"{}") -> tuple[bytes, list[str]]: ...
    @property
    def pending(self) -> list[Parcel]:
        """What is on its way, oldest first."""

    def account(self, account: str) -> tuple[int, int, int, str | None, int, bytes] | None:
        """What an account has, or None where it does not exist: yocto, yocto locked, bytes of storage, the hash of its code
        (None without a contract), what gas has cost or brought it here in yocto, the hash of its contract's data."""

    def data(self, account: str) -> list[tuple[bytes, bytes]]:
        """The data of an account's contract: keys and values."""

    def accounts(self) -> list[str]: ...
    @property
    def root(self) -> bytes:
        """The root of the state, gas and all."""

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
    """A request that waits for blocks. ``poll`` asks again; ``advance`` makes blocks, at most so many, until the answer is there;
    ``expire`` gives the answer for a client that waited too long."""

    def poll(self) -> tuple[int, bytes] | None: ...
    def advance(self, most: int) -> tuple[int, bytes] | None: ...
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
        gc_num_epochs_to_keep: int | None = None,
    ) -> Chain:
        """``genesis``: JSON as in nearcore's ``genesis.json``. ``auto``: a sent transaction makes the blocks it waits for.
        ``interval``: blocks come from ``produce_blocks`` only, a ticker's work, and waiting requests are :class:`Pending`.
        ``manual``: likewise, but on the test's demand. ``steps``: time moves by a fixed step per block from the genesis
        time on; ``wall``: it follows the wall clock. ``cache_dir``: where compiled contracts are kept for other
        processes; without it they are kept in this one only. ``rpc_addr`` and ``node_public_key``: what ``status`` shows.
        ``validator_key``: the secret key ``ed25519:…`` of the validator, with which blocks are signed for those who ask; without
        it they have signatures of zeros. ``max_gas_burnt_view``: the most gas of a view call; by default as much as of any
        call. ``config``: JSON as in nearcore's ``config.json``, for what ``client_config`` shows.
        ``gc_num_epochs_to_keep``: forget the blocks of older epochs, with their states and outcomes, as nearcore's garbage
        collection does (three at the least); by default all blocks are kept."""

    def request(self, body: bytes) -> tuple[int, bytes] | Pending:
        """Answers one JSON-RPC request: HTTP status and body, or something to wait on."""

    def get(self, path: str) -> tuple[int, str, bytes]:
        """Answers ``GET path``: HTTP status, content type, body."""

    def produce_blocks(self, count: int = 1) -> None: ...
    def skip_heights(self, count: int) -> None:
        """Moves the height forward by ``count``, as ``sandbox_fast_forward`` does: most of the heights have no block. What would
        take more blocks than one call makes is an EngineError, and changes nothing."""

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

    def world(self, *, time_outs: bool = False) -> World:
        """The state after the newest block, for running receipts in any order, all of them in the block that would come next.
        Nothing may be on its way. With ``time_outs``, every yield may end without data at any time."""

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

    def debug_log(self, since: int = 0) -> tuple[int, list[tuple[int, str, str, str]]]:
        """What contracts have printed with the host function ``sandbox_debug_log``: how many texts there have been, and those
        from number ``since`` on, oldest first: height, account, method, text. Going back does not take them back; what is
        explored prints nothing. Of many, the oldest are forgotten."""

    @property
    def height(self) -> int: ...
    @property
    def chain_id(self) -> str: ...
    @property
    def protocol_version(self) -> int: ...
    def _panic_at_for_tests(self, account_id: str) -> None:
        """From now on each receipt that is executed at this account panics."""

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

def log_to_stderr(filter: str) -> None:
    """Writes the log of nearcore's crates to standard error, and with it what contracts print, as far as ``filter`` (of the form
    of ``RUST_LOG``) lets it through. Once in a process, and before its first contract runs."""
