"""What a transaction changed in the state of its accounts: data, keys, code, from the changes of its blocks.

``EXPERIMENTAL_changes`` tells what was written, also where the same value was written again: a write counts as a change
where the value differs from the one before the transaction. That one is read page by page, so contracts with more than 50 kB
of state (which ``view_state`` refuses as a whole) work as well; a node without pages is asked for the whole state.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from near_harness.errors import BadInput, RpcError, UnknownAccount
from near_harness.rpc.jsonrpc import Questions

if TYPE_CHECKING:
    from near_harness.outcome.model import Outcome
    from near_harness.outcome.receipt import Receipt

_SHOWN = 60
_PAGE = 1000
_KINDS = {"data": "data_changes", "key": "all_access_key_changes", "code": "contract_code_changes"}


@dataclass(frozen=True)
class StateChange:
    """A row of an account's state that differs after the transaction. ``kind`` is data, key or code.

    ``before`` and ``after`` are the bytes of data, None where there is no row; of keys and code only ``after`` is known.
    ``receipts`` are those of the transaction that wrote the row, in order; none where the transaction itself did, as its nonce.
    """

    account: str
    kind: str
    key: bytes
    before: bytes | None
    after: bytes | None
    receipts: tuple[Receipt, ...] = ()

    def decoded(self, read: Callable[[bytes], Any] | None = None) -> tuple[Any, Any]:
        """The values before and after, read as JSON, or by a function of the bytes (borsh, for example); None for no row.

        :raises BadInput: where a value is no JSON and no function was given.
        """
        return tuple(None if value is None else _read(value, read) for value in (self.before, self.after))  # type: ignore[return-value]

    def __str__(self) -> str:
        what = "added" if self.before is None else "removed" if self.after is None else "changed"
        if self.kind != "data":
            return f"{self.account}: {self.kind} {_text(self.key)} {'removed' if self.after is None else 'written'}"
        values = {"added": f": {_text(self.after)}", "removed": "", "changed": f": {_text(self.before)} -> {_text(self.after)}"}
        return f"{self.account}: {what} {_text(self.key)}{values[what]}"


@dataclass(frozen=True)
class _Write:
    """One write of a row. ``receipt`` is None where the transaction itself wrote it."""

    key: bytes
    before: bytes | None
    after: bytes | None
    receipt: Receipt | None


class StateChanges:
    """What a transaction changed, by account. What others wrote in the same blocks is left out."""

    def __init__(self, outcome: Outcome, node: Questions, block_before: str, blocks: tuple[str, ...]) -> None:
        self._outcome, self._node, self._before, self._blocks = outcome, node, block_before, blocks
        self._receipts = {receipt.id: receipt for receipt in outcome.receipts}
        self._written: dict[str, tuple[_Write, ...]] = {}

    def __repr__(self) -> str:
        return f"<StateChanges of transaction {self._outcome.hash}: {', '.join(self._outcome.accounts)}>"

    @cached_property
    def all(self) -> tuple[StateChange, ...]:
        """Every change of data, keys and code, of all accounts that took part."""
        return tuple(change for account in self._outcome.accounts for kind in _KINDS for change in self.of(account, kind))

    def of(self, account_id: str, kind: str = "data") -> tuple[StateChange, ...]:
        """The changes of one account: of its ``data``, its access keys (``key``) or its ``code``.

        :raises BadInput: for another kind.
        """
        if kind not in _KINDS:
            raise BadInput(f"{kind!r} is none of {', '.join(_KINDS)}")
        return _together(account_id, kind, self._writes(account_id, kind))

    def by(self, receipt: Receipt) -> tuple[StateChange, ...]:
        """The changes of data that a receipt made, between the value that it found and the one that it left."""
        written = self._writes(receipt.receiver, "data")
        return _together(receipt.receiver, "data", tuple(write for write in written if write.receipt is receipt))

    def _writes(self, account_id: str, kind: str) -> tuple[_Write, ...]:
        name = f"{account_id} {kind}"
        if name not in self._written:
            self._written[name] = tuple(self._read(account_id, kind))
        return self._written[name]

    def _read(self, account_id: str, kind: str) -> Iterator[_Write]:
        entries = [entry for block in self._blocks for entry in self._changes(account_id, kind, block)]
        now = self._data_before(account_id) if kind == "data" and entries else {}
        # A node lists the writes of a row in their order.
        for entry in entries:
            key, value = _row(kind, entry)
            cause = entry["cause"]
            receipt = self._receipts.get(cause.get("receipt_hash", ""))
            if receipt is not None or cause.get("tx_hash") == self._outcome.hash:
                yield _Write(key, now.get(key), value, receipt)
            if value is None:
                now.pop(key, None)
            else:
                now[key] = value

    def _changes(self, account_id: str, kind: str, block: str) -> list[dict[str, Any]]:
        params: dict[str, Any] = {"changes_type": _KINDS[kind], "account_ids": [account_id], "block_id": block}
        if kind == "data":
            params["key_prefix_base64"] = ""
        found: list[dict[str, Any]] = self._rpc("EXPERIMENTAL_changes", params)["changes"]
        return found

    def _data_before(self, account_id: str) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        params = {"request_type": "view_state", "account_id": account_id, "prefix_base64": "", "block_id": self._before}
        try:
            answer = self._rpc("query", params)
        except UnknownAccount:
            return found
        except RpcError as error:
            if error.name != "TOO_LARGE_CONTRACT_STATE":
                raise
            answer = self._rpc("query", {**params, "limit": _PAGE})
        while True:
            found.update((base64.b64decode(item["key"]), base64.b64decode(item["value"])) for item in answer["values"])
            if answer.get("last_key") is None:
                return found
            answer = self._rpc("query", {**params, "limit": _PAGE, "after_key_base64": answer["last_key"]})

    def _rpc(self, method: str, params: Any) -> Any:
        return self._node.call(method, params)


def _together(account_id: str, kind: str, writes: tuple[_Write, ...]) -> tuple[StateChange, ...]:
    """One change for each row: from what the first write found to what the last one left."""
    rows: dict[bytes, list[_Write]] = {}
    for write in writes:
        rows.setdefault(write.key, []).append(write)
    changes = []
    for key, of_row in rows.items():
        before, after = of_row[0].before, of_row[-1].after
        # Of keys and code nothing is known from before, so that each write counts.
        if kind != "data" or before != after:
            receipts = tuple(dict.fromkeys(write.receipt for write in of_row if write.receipt is not None))
            changes.append(StateChange(account_id, kind, key, before if kind == "data" else None, after, receipts))
    return tuple(changes)


def _row(kind: str, entry: dict[str, Any]) -> tuple[bytes, bytes | None]:
    change, removed = entry["change"], entry["type"].endswith("_deletion")
    if kind == "data":
        return base64.b64decode(change["key_base64"]), None if removed else base64.b64decode(change["value_base64"])
    if kind == "key":
        return change["public_key"].encode(), None if removed else json.dumps(change["access_key"]).encode()
    return b"code", None if removed else base64.b64decode(change["code_base64"])


def _read(value: bytes, read: Callable[[bytes], Any] | None) -> Any:
    if read is not None:
        return read(value)
    try:
        return json.loads(value)
    except ValueError:
        raise BadInput(f"{_text(value)} is no JSON: give a function that reads it") from None


def _text(value: bytes | None) -> str:
    if value is None:
        return "nothing"
    shown = value.decode() if value.isascii() and value.decode().isprintable() else f"0x{value.hex()}"
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + f"… ({len(value)} bytes)"
