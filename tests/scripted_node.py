"""A node that is a script: it keeps a nonce and a block, and answers as it is told. For tests of clients."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from typing import Any

import base58
from still_chain import StillChain


class Script(StillChain):
    """One key's nonce, one block, and for a method (or a kind of query) in ``answers`` the answer that it gives instead."""

    def __init__(self) -> None:
        self.nonce = 10
        self.block_hash = "11111111111111111111111111111111"
        self.sent: list[tuple[int, bytes]] = []
        self.methods: list[str] = []
        self.answers: dict[str, Any] = {}
        self.http_status = 200

    def request(self, body: bytes) -> tuple[int, bytes]:
        """Answer JSON-RPC."""
        asked = json.loads(body)
        method, params = asked["method"], asked["params"]
        self.methods.append(method)
        told = self.answers.get(params.get("request_type", method) if isinstance(params, dict) else method)
        if told is not None:
            return self.http_status, json.dumps({"jsonrpc": "2.0", "id": asked["id"], **told}).encode()
        result = self._result(method, params)
        told = result if "error" in result else {"result": result}
        return 200, json.dumps({"jsonrpc": "2.0", "id": asked["id"], **told}).encode()

    def get(self, path: str) -> tuple[int, str, bytes]:
        """There are no pages."""
        return 404, "text/plain", path.encode()

    def _result(self, method: str, params: Any) -> Any:
        if method == "status":
            return {"chain_id": "sandbox"}
        if method == "query":
            return {"nonce": self.nonce, "permission": "FullAccess", "block_hash": self.block_hash, "block_height": 7}
        if method == "send_tx":
            self.sent.append(nonce_and_block(base64.b64decode(params["signed_tx_base64"])))
            assert params["wait_until"] == "NONE"
            return {"final_execution_status": "NONE"}
        assert method == "EXPERIMENTAL_tx_status"
        assert params["wait_until"] == "FINAL"
        found = params.get("tx_hash") or transaction_hash(base64.b64decode(params["signed_tx_base64"]))
        return {"hash": found, "transaction_outcome": {"block_hash": self.block_hash}, "receipts_outcome": []}


def nonce_and_block(tx: bytes) -> tuple[int, bytes]:
    """Read them from a signed transaction."""
    (length,) = struct.unpack_from("<I", tx)
    after_key = 4 + length + 33
    (nonce,) = struct.unpack_from("<Q", tx, after_key)
    (receiver,) = struct.unpack_from("<I", tx, after_key + 8)
    block = after_key + 12 + receiver
    return nonce, tx[block : block + 32]


def transaction_hash(tx: bytes) -> str:
    """The hash of a signed transaction: of what stands before the signature."""
    return base58.b58encode(hashlib.sha256(tx[:-65]).digest()).decode()


def refusal(error: Any) -> dict[str, Any]:
    """The answer of a node that refuses a transaction."""
    cause = {"name": "INVALID_TRANSACTION", "info": {}}
    return {
        "error": {
            "name": "HANDLER_ERROR",
            "cause": cause,
            "code": -32000,
            "data": {"TxExecutionError": {"InvalidTxError": error}},
        }
    }
