"""What a transaction changed in the state of its accounts: data, keys, code, from the changes of its blocks.

``EXPERIMENTAL_changes`` tells what was written, also where the same value was written again: a write counts as a change
where the value differs from the one before the transaction. That one is read page by page, so contracts with more than 50 kB
of state (which ``view_state`` refuses as a whole) work as well; a node without pages is asked for the whole state.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from near_harness.errors import BadInput, RpcError, UnknownAccount
from near_harness.ledger.connection import ask

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
    ``receipts`` are those of the transaction that ran on the account in the block that wrote it last.
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


class StateChanges:
    """What a transaction changed, by account."""

    def __init__(self, outcome: Outcome, rpc_url: str, block_before: str, blocks: tuple[str, ...]) -> None:
        self._outcome, self._rpc_url, self._before, self._blocks = outcome, rpc_url, block_before, blocks
        self._written: dict[str, tuple[StateChange, ...]] = {}

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
        name = f"{account_id} {kind}"
        if name not in self._written:
            self._written[name] = tuple(self._read(account_id, kind))
        return self._written[name]

    def by(self, receipt: Receipt) -> tuple[StateChange, ...]:
        """The changes of data that a receipt made and that stayed: those of its block, where it ran on the account alone."""
        return tuple(change for change in self.of(receipt.receiver) if receipt in change.receipts)

    def _read(self, account_id: str, kind: str) -> list[StateChange]:
        written: dict[bytes, tuple[bytes | None, str]] = {}
        for block in self._blocks:
            params: dict[str, Any] = {"changes_type": _KINDS[kind], "account_ids": [account_id], "block_id": block}
            if kind == "data":
                params["key_prefix_base64"] = ""
            for entry in self._rpc("EXPERIMENTAL_changes", params)["changes"]:
                key, value = _row(kind, entry)
                written[key] = (value, block)
        before = self._data_before(account_id) if kind == "data" and written else {}
        return [
            StateChange(account_id, kind, key, before.get(key), value, self._ran(account_id, block))
            for key, (value, block) in written.items()
            if kind != "data" or before.get(key) != value
        ]

    def _ran(self, account_id: str, block: str) -> tuple[Receipt, ...]:
        return tuple(r for r in self._outcome.receipts if (r.receiver, r.block_hash) == (account_id, block) and r.arrived)

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
        return ask(self._rpc_url, method, params)


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
