"""What the pages show, read from the chain in this process by its own JSON-RPC: no time is lost to HTTP."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass
from typing import Any

from near_harness.contract.wasm import load_wasm
from near_harness.errors import InvalidContractCode, RpcError
from near_harness.nodes.local import LocalRpc
from near_harness.outcome import Outcome, parse_outcome
from near_harness.outcome.parse import parse_action

_NO_TRANSACTIONS = "11111111111111111111111111111111"
NO_CODE = "11111111111111111111111111111111"
MOST_ENTRIES = 50


@dataclass(frozen=True)
class Sent:
    """A transaction of a block."""

    hash: str
    height: int
    signer: str
    receiver: str
    does: tuple[str, ...]


@dataclass(frozen=True)
class AccountView:
    """An account: what it holds in yoctoNEAR and bytes, its keys, its contract's methods, the first entries of its storage."""

    id: str
    amount: int
    locked: int
    storage: int
    code_hash: str
    keys: tuple[tuple[str, str], ...]
    methods: tuple[str, ...]
    entries: tuple[tuple[bytes, bytes], ...]
    more_entries: bool


class ChainReader:
    """Reads a chain. Blocks are looked through once, for their transactions."""

    def __init__(self, chain: Any) -> None:
        self._chain = chain
        self.rpc = LocalRpc(lambda: chain)
        self._lock = threading.Lock()
        self._next_height: int | None = None
        self._sent: dict[str, Sent] = {}

    @property
    def height(self) -> int:
        """The height of the newest block."""
        return int(self._chain.height)

    @property
    def about(self) -> tuple[str, int]:
        """The chain's id and its protocol version."""
        return str(self._chain.chain_id), int(self._chain.protocol_version)

    def transactions(self) -> list[Sent]:
        """All transactions, the newest first."""
        with self._lock:
            if self._next_height is None:
                self._next_height = int(self.rpc.call("status", [])["sync_info"]["earliest_block_height"])
            while self._next_height <= self.height:
                for sent in self._of_block(self.rpc.call("block", {"block_id": self._next_height})):
                    self._sent[sent.hash] = sent
                self._next_height += 1
            return list(reversed(self._sent.values()))

    def transaction(self, tx_hash: str) -> Sent | None:
        """A transaction by its hash, or None where there is none."""
        self.transactions()
        return self._sent.get(tx_hash)

    def outcome(self, sent: Sent) -> Outcome:
        """What came of a transaction so far.

        :raises RpcError: where nothing came of it yet.
        """
        params = {"tx_hash": sent.hash, "sender_account_id": sent.signer, "wait_until": "NONE"}
        return parse_outcome(self.rpc.call("EXPERIMENTAL_tx_status", params))

    def block(self, height: int) -> tuple[dict[str, Any], list[Sent], list[dict[str, Any]]]:
        """A block's header, its transactions, and the receipts that arrived in it.

        :raises RpcError: where there is no such block.
        """
        block = self.rpc.call("block", {"block_id": height})
        receipts = [
            receipt
            for chunk in block["chunks"]
            if chunk["height_included"] == height
            for receipt in self.rpc.call("chunk", {"chunk_id": chunk["chunk_hash"]})["receipts"]
        ]
        return block["header"], self._of_block(block), receipts

    def accounts(self) -> list[tuple[str, int]]:
        """All accounts with what they hold in yoctoNEAR, by name."""
        records = json.loads(self._chain.records())
        found = [record["Account"] for record in records if "Account" in record]
        return sorted((one["account_id"], int(one["account"]["amount"])) for one in found)

    def account(self, account_id: str) -> AccountView:
        """An account.

        :raises RpcError: where it does not exist.
        """
        view = self._query("view_account", account_id)
        keys = self._query("view_access_key_list", account_id)["keys"]
        state = self._query("view_state", account_id, prefix_base64="", limit=MOST_ENTRIES)
        entries = [(base64.b64decode(entry["key"]), base64.b64decode(entry["value"])) for entry in state["values"]]
        return AccountView(
            account_id,
            int(view["amount"]),
            int(view["locked"]),
            int(view["storage_usage"]),
            str(view["code_hash"]),
            tuple((key["public_key"], _permission(key["access_key"]["permission"])) for key in keys),
            self._methods(account_id, view),
            tuple(entries[:MOST_ENTRIES]),
            len(entries) > MOST_ENTRIES or bool(state.get("last_key")),
        )

    def _methods(self, account_id: str, view: dict[str, Any]) -> tuple[str, ...]:
        if view["code_hash"] == NO_CODE:
            return ()
        try:
            code = base64.b64decode(self._query("view_code", account_id)["code_base64"])
            return tuple(name for name in load_wasm(code).exports if not name.startswith("__"))
        except (InvalidContractCode, RpcError):
            return ()

    def _query(self, kind: str, account_id: str, **params: Any) -> dict[str, Any]:
        request = {"request_type": kind, "finality": "optimistic", "account_id": account_id, **params}
        found: dict[str, Any] = self.rpc.call("query", request)
        return found

    def _of_block(self, block: dict[str, Any]) -> list[Sent]:
        height = int(block["header"]["height"])
        return [
            Sent(tx["hash"], height, tx["signer_id"], tx["receiver_id"], tuple(map(_name, tx["actions"])))
            for chunk in block["chunks"]
            if chunk["height_included"] == height and chunk["tx_root"] != _NO_TRANSACTIONS
            for tx in self.rpc.call("chunk", {"chunk_id": chunk["chunk_hash"]})["transactions"]
        ]


def _name(raw: Any) -> str:
    action = parse_action(raw)
    return action.method or action.kind


def _permission(permission: Any) -> str:
    if not isinstance(permission, dict):
        return str(permission)
    kind, fields = next(iter(permission.items()))
    receiver = fields.get("receiver_id") if isinstance(fields, dict) else None
    return f"{kind} of {receiver}" if receiver else str(kind)
