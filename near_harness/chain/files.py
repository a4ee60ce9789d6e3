"""A chain in a file: saved here, loaded in another process or on another machine."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from near_harness.bundles.history import History
from near_harness.chain.capability import engine_chain, refusals
from near_harness.errors import BadInput
from near_harness.keys import KeyPair
from near_harness.nodes.base import Node
from near_harness.version import __version__

if TYPE_CHECKING:
    from near_harness.accounts import Account


class SavedChainError(BadInput):
    """A file that holds no chain, is damaged, of a newer format, of another protocol version, or cannot be written."""


class SavedChains:
    """The part of :class:`near_harness.Near` that saves and loads."""

    node: Node
    history: History
    _accounts: dict[str, Account]
    _names_taken: set[str]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the chain to a file: state, blocks, outcomes, what is pending, time, and the accounts with their keys.

        The file is whole or not there at all. Compiled contracts are not in it.

        :raises SavedChainError: where it cannot be written.
        :raises CapabilityMissing: on nodes other than the embedded one.
        """
        content = self.dump()
        target = _path(path)
        try:
            _write_whole(target, content)
        except OSError as error:
            raise SavedChainError(f"{target} cannot be written: {error.strerror}") from None

    def dump(self) -> bytes:
        """Return the content of the file that :meth:`save` writes.

        :raises CapabilityMissing: on nodes other than the embedded one.
        """
        note = {
            "near_harness": __version__,
            "accounts": {account.id: account.key.secret_key for account in self._accounts.values()},
            "names_taken": sorted(self._names_taken),
        }
        content: bytes = engine_chain(self.node, "save").snapshot().save(json.dumps(note).encode())
        return content

    def load(self, source: str | os.PathLike[str] | bytes) -> None:
        """Become the chain in a file, or in the content of one: everything goes on from where it was saved.

        Its accounts are known by name again.

        Puppets in it do what they were programmed to; to program them further, make them again with ``near.puppet(account)``.

        :raises SavedChainError: where it is no such file, damaged, of a newer format, or of another protocol version.
        :raises CapabilityMissing: on nodes other than the embedded one.
        """
        chain = engine_chain(self.node, "load")
        content = source if isinstance(source, bytes) else _read(source)
        try:
            with refusals(SavedChainError):
                snapshot, note = chain.load(content)
        except SavedChainError as error:
            place = "a saved chain" if isinstance(source, bytes) else os.fspath(source)
            raise SavedChainError(f"{place}: {error}") from None
        known: dict[str, Any] = json.loads(note) if note else {}
        chain.restore(snapshot)
        self.history.load(content)
        accounts = known.get("accounts", {})
        near: Any = self  # Near is made of this class
        self._accounts = {
            account_id: near.account(account_id, KeyPair.from_secret_key(secret_key))
            for account_id, secret_key in accounts.items()
        }
        self._names_taken = set(known.get("names_taken", ()))
        near.puppets.forget()


def _path(path: str | os.PathLike[str]) -> Path:
    if not isinstance(path, (str, os.PathLike)) or isinstance(os.fspath(path), bytes):
        raise SavedChainError(f"{path!r} is no path of a file with a saved chain")
    return Path(path)


def _write_whole(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _read(path: str | os.PathLike[str]) -> bytes:
    try:
        return _path(path).read_bytes()
    except OSError as error:
        raise SavedChainError(f"{path} cannot be read: {error.strerror}") from None
