"""What a node keeps of its chain: what each block was made of, in an SQLite database in ``data``.

The chain is made again from its genesis when the node starts, which takes about a second for 50,000 blocks. A block is in the
database before anybody is told of it, so that a killed node has lost at most the block in progress.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from near_harness.sandbox.files import BrokenHome
from near_harness.version import __version__

DATA = "data"
_FILE = "chain.sqlite3"
_FORMAT = 1
_BATCH = 1_000


def _digest(genesis: Any) -> str:
    return hashlib.sha256(json.dumps(genesis, sort_keys=True).encode()).hexdigest()


class Store:
    """The blocks of one chain, in the order of their heights.

    :raises BrokenHome: where the database is damaged, of another genesis, or of a newer version.
    """

    def __init__(self, home: Path, genesis: Any, *, read_only: bool = False) -> None:
        self.path = home / DATA / _FILE
        try:
            if read_only:
                self._database = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
            else:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._database = sqlite3.connect(self.path)
                # Killed at any moment, the database is as it was at the last commit; a commit does not wait for the disk.
                self._database.execute("PRAGMA journal_mode = WAL")
                self._database.execute("PRAGMA synchronous = NORMAL")
                self._create()
            self._check(_digest(genesis), read_only=read_only)
        except (sqlite3.Error, OSError) as error:
            raise BrokenHome(f"{self.path}: {error}; remove the folder to begin the chain anew") from error

    def _create(self) -> None:
        with self._database:
            self._database.execute("CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
            self._database.execute("CREATE TABLE IF NOT EXISTS blocks (height INTEGER PRIMARY KEY, entry BLOB NOT NULL)")

    def _check(self, genesis: str, *, read_only: bool) -> None:
        about = dict(self._database.execute("SELECT name, value FROM about"))
        if not about and not read_only:
            rows = [("format", str(_FORMAT)), ("genesis", genesis), ("version", __version__)]
            with self._database:
                self._database.executemany("INSERT INTO about VALUES (?, ?)", rows)
            return
        if int(about.get("format", 0)) > _FORMAT:
            raise BrokenHome(f"{self.path} was written by near-harness {about.get('version')}, which is newer than {__version__}")
        if about.get("genesis") != genesis:
            raise BrokenHome(
                f"{self.path} holds a chain of another genesis: genesis.json was changed after the chain had begun. "
                f"Remove {self.path.parent} to begin the chain anew"
            )

    def entries(self) -> Iterator[list[bytes]]:
        """Return what the blocks were made of, oldest first, some at a time."""
        rows = self._database.execute("SELECT entry FROM blocks ORDER BY height")
        while batch := rows.fetchmany(_BATCH):
            yield [entry for (entry,) in batch]

    def add(self, entries: list[tuple[int, bytes]]) -> None:
        """Keep what new blocks were made of."""
        if entries:
            with self._database:
                self._database.executemany("INSERT INTO blocks VALUES (?, ?)", entries)

    def close(self) -> None:
        """Close the database."""
        self._database.close()


class KeptChain:
    """A chain whose blocks are stored as they are made: before an answer goes out, all that it tells of is in the store."""

    def __init__(self, chain: Any, store: Store) -> None:
        self._chain = chain
        self._store = store
        self._replay()
        chain.keep_journal()

    def _replay(self) -> None:
        for batch in self._store.entries():
            self._chain.replay(batch)

    def _keep(self) -> None:
        self._store.add(self._chain.take_journal())

    def request(self, body: bytes) -> Any:
        """Answer a JSON-RPC request."""
        answer = self._chain.request(body)
        self._keep()
        return answer

    def produce_blocks(self, count: int = 1) -> None:
        """Make blocks."""
        self._chain.produce_blocks(count)
        self._keep()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)
