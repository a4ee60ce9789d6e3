"""What a node keeps of its chain: what each block was made of, in an SQLite database in ``data``.

The chain is made again from its genesis when the node starts, which takes about a second for 50,000 blocks. A block is in the
database before anybody is told of it, so that a killed node has lost at most the block in progress.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from near_harness.nodes.claims import claim_file
from near_harness.nodes.engine import load_engine
from near_harness.sandbox.files import BrokenHome
from near_harness.version import __version__

DATA = "data"
_FILE, _LOCK = "chain.sqlite3", "lock"
_FORMAT = 1
_BATCH = 1_000
_REMEDIES = (
    ("disk is full", "Make room on the disk and start the node again: it goes on with the last block that was kept"),
    ("readonly", "The folder has to be writable for this user"),
    ("locked", "Another program has it open: close that and start the node again"),
)
"""What mends an error of SQLite, by a part of its text."""


def _digest(genesis: Any) -> str:
    return hashlib.sha256(json.dumps(genesis, sort_keys=True).encode()).hexdigest()


class Store:
    """The blocks of one chain, in the order of their heights.

    :raises BrokenHome: where the database is damaged, of another genesis, of a newer version, or another node's that runs.
    """

    def __init__(self, home: Path, genesis: Any, *, read_only: bool = False) -> None:
        self.path = home / DATA / _FILE
        self._anew = f"Remove {self.path.parent} to begin the chain anew"
        self._let_go: Callable[[], None] | None = None
        with self._named_errors():
            if read_only:
                self._database = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
            else:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._claim(home)
                self._database = sqlite3.connect(self.path)
                # Killed at any moment, the database is as it was at the last commit; a commit does not wait for the disk.
                self._database.execute("PRAGMA journal_mode = WAL")
                self._database.execute("PRAGMA synchronous = NORMAL")
                self._create()
            self._check(_digest(genesis), read_only=read_only)

    def replay_into(self, chain: Any) -> None:
        """Make all blocks again, on a chain that is at its genesis.

        :raises BrokenHome: where they cannot be read, or do not fit the chain.
        """
        engine = load_engine()
        with self._named_errors():
            try:
                for batch in self._entries():
                    chain.replay(batch)
            except engine.EngineError as error:
                raise BrokenHome(f"{self.path} does not fit its genesis.json: {error}. {self._anew}") from error

    def add(self, entries: list[tuple[int, bytes]]) -> None:
        """Keep what new blocks were made of.

        :raises BrokenHome: where that is impossible, such as on a full disk.
        """
        if entries:
            with self._named_errors(), self._database:
                self._database.executemany("INSERT INTO blocks VALUES (?, ?)", entries)

    def close(self) -> None:
        """Close the database, for another node to take it up."""
        self._database.close()
        let_go, self._let_go = self._let_go, None
        if let_go is not None:
            let_go()

    def _claim(self, home: Path) -> None:
        """Take the folder for this process alone; the lock goes with it, whatever happens to it."""
        self._let_go = claim_file(self.path.with_name(_LOCK))
        if self._let_go is None:
            raise BrokenHome(f"another node runs with {home}: stop it, or choose another --home")

    def _create(self) -> None:
        if self._database.execute("SELECT 1 FROM sqlite_master WHERE name = 'about'").fetchone() is not None:
            return
        with self._database:
            self._database.execute("CREATE TABLE blocks (height INTEGER PRIMARY KEY, entry BLOB NOT NULL)")
            self._database.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)")

    def _check(self, genesis: str, *, read_only: bool) -> None:
        about = dict(self._database.execute("SELECT name, value FROM about"))
        if not about and not read_only:
            rows = [("format", str(_FORMAT)), ("genesis", genesis), ("version", __version__)]
            with self._database:
                self._database.executemany("INSERT INTO about VALUES (?, ?)", rows)
            return
        written = str(about.get("format", ""))
        if not written.isdecimal():
            raise BrokenHome(f"{self.path} is damaged: its format is {written!r}. {self._anew}")
        if int(written) > _FORMAT:
            raise BrokenHome(f"{self.path} was written by near-harness {about.get('version')}, which is newer than {__version__}")
        if about.get("genesis") != genesis:
            raise BrokenHome(
                f"{self.path} holds a chain of another genesis: genesis.json was changed after the chain had begun. {self._anew}"
            )

    def _entries(self) -> Iterator[list[bytes]]:
        """Return what the blocks were made of, oldest first, some at a time."""
        rows = self._database.execute("SELECT entry FROM blocks ORDER BY height")
        while batch := rows.fetchmany(_BATCH):
            yield [entry for (entry,) in batch]

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        """Say of which file an error tells, and what mends it."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            remedy = next((remedy for part, remedy in _REMEDIES if part in str(error)), self._anew)
            raise BrokenHome(f"{self.path}: {error}. {remedy}") from error


class KeptChain:
    """A chain whose blocks are stored as they are made: before an answer goes out, all that it tells of is in the store.

    Where a block cannot be stored, nothing is answered any more: the chain would tell of what it forgets.
    """

    def __init__(self, chain: Any, store: Store) -> None:
        self._chain = chain
        self._store = store
        self._failure: BrokenHome | None = None
        store.replay_into(chain)
        chain.keep_journal()

    def _keep(self) -> None:
        if self._failure is not None:
            raise self._failure
        try:
            self._store.add(self._chain.take_journal())
        except BrokenHome as error:
            self._failure = error
            raise

    def request(self, body: bytes) -> Any:
        """Answer a JSON-RPC request."""
        answer = self._chain.request(body)
        self._keep()
        return answer if isinstance(answer, tuple) else _KeptPending(answer, self._keep)

    def produce_blocks(self, count: int = 1) -> None:
        """Make blocks."""
        self._chain.produce_blocks(count)
        self._keep()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)


class _KeptPending:
    """A request that waits: the blocks that it makes are in the store before it is answered."""

    def __init__(self, pending: Any, keep: Callable[[], None]) -> None:
        self._pending, self._keep = pending, keep

    def advance(self, most: int) -> Any:
        """Make blocks, at most so many, until the answer is there."""
        answer = self._pending.advance(most)
        self._keep()
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pending, name)
