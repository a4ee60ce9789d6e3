"""Replays what was recorded from a real nearcore sandbox node (protocol 86), and says what differs.

A suite is a fresh chain and a list of steps; what every recording must differ in (heights, hashes of blocks, nonces) is left
out of the comparison, and ids become labels in the order in which they appear.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fidelity_signing import key_pair, public_key, signed_delegate, signed_transaction

SUITES = Path(__file__).parent / "fidelity" / "suites"
_DROPPED = {
    *("block_hash", "block_height", "max_block_height", "id", "signature"),
    *("nonce", "ak_nonce", "tx_nonce", "delegate_nonce", "upper_bound"),
}

Call = Callable[[str, Any], dict[str, Any]]
"""Sends a method and its parameters, gives the whole answer."""


def names() -> list[str]:
    """The recorded suites."""
    return sorted(path.stem for path in SUITES.glob("*.json"))


@dataclass
class Report:
    """What a replay found."""

    name: str
    steps: int = 0
    equal: int = 0
    differences: list[str] = field(default_factory=list)


def replay(name: str, call: Call) -> Report:
    """Replay a suite on a fresh chain."""
    suite = json.loads((SUITES / f"{name}.json").read_text())
    report = Report(name)
    player = _Player(call, suite["accounts"])
    for index, step in enumerate(suite["steps"]):
        try:
            got = player.play(step)
        except Exception as error:  # noqa: BLE001 - a step that breaks off is a difference, the others still count
            got = {"no_answer": f"{type(error).__name__}: {error}"}
        varies = tuple(step.get("varies", []))
        found = [line for line in differences(step["expect"], got) if not line.startswith(varies or ("\0",))]
        report.steps += 1
        report.equal += not found
        report.differences += [f"{name}[{index}] {step['note']}: {line}" for line in found]
    return report


def record(suite: dict[str, Any], call: Call) -> dict[str, Any]:
    """Play a suite on a fresh chain of a real node, and return it with what was answered as what is expected."""
    player = _Player(call, suite["accounts"])
    return {**suite, "steps": [{**step, "expect": player.play(step)} for step in suite["steps"]]}


class RpcFailure(Exception):
    """An error that a replay does not expect: it asked only for what it needs to sign."""


class _Player:
    def __init__(self, call: Call, accounts: list[str]) -> None:
        self._call = call
        self._accounts = accounts
        self._sent: dict[str, tuple[str, str]] = {}

    def play(self, step: dict[str, Any]) -> dict[str, Any]:
        if "tx" in step:
            return self._transaction(step)
        if "outcome_of" in step:
            return {"result": normalise(self._status(*self._sent[step["outcome_of"]])), "accounts": self._balances()}
        if "query" in step:
            return _answer(self._call("query", step["query"]))
        if "patch_state" in step:
            return _answer(self._call("sandbox_patch_state", {"records": step["patch_state"]}))
        if "rpc" in step:
            return _answer(self._call(step["rpc"]["method"], step["rpc"]["params"]))
        before = self._height()
        self._ask("sandbox_fast_forward", {"delta_height": step["fast_forward"]})
        return {"moved": self._height() - before >= step["fast_forward"]}

    def _transaction(self, step: dict[str, Any]) -> dict[str, Any]:
        view = step["tx"]
        try:
            signed, digest = self._sign(view)
        except (RpcFailure, KeyError):
            return {"cannot_sign": True}
        self._sent[step["note"]] = digest, view["signer"]
        level = view.get("wait_until", "FINAL")
        raw = self._call("send_tx", {"signed_tx_base64": signed, "wait_until": level})
        if "wait_until" in view:
            return {"final_execution_status": raw.get("result", {}).get("final_execution_status")}
        if "error" in raw:
            return {"error": _strip(raw["error"]), "accounts": self._balances()}
        return {"result": normalise(self._status(digest, view["signer"])), "accounts": self._balances()}

    def _sign(self, view: dict[str, Any]) -> tuple[str, str]:
        signer = view["signer"]
        key = key_pair(view.get("key", signer))
        actions = [self._meta(action) for action in view["actions"]]
        first = view.get("v1")
        nonce: Any = view.get("nonce")
        if nonce is None:
            index = (first or {}).get("index")
            # An index that the key does not have has no nonce to ask for.
            if index is not None and index < 3:
                nonce = self._gas_key_nonce(signer, public_key(key), index) + 1
            else:
                nonce = self._nonce(signer, public_key(key)) + 1
        if first:
            nonce = {"nonce": nonce + first.get("step", 0), "index": first.get("index")}
        return signed_transaction(
            key,
            signer=signer,
            receiver=view["receiver"],
            nonce=nonce,
            block_hash=view.get("block_hash") or self._block()["header"]["hash"],
            actions=actions,
            strict=bool((first or {}).get("strict")),
            corrupt=view.get("corrupt", False),
        )

    def _meta(self, action: Any) -> Any:
        """A ``MetaTransaction`` becomes a signed delegate action, with the nonce and the height of now."""
        if not isinstance(action, dict) or "MetaTransaction" not in action:
            return action
        meta = action["MetaTransaction"]
        key = key_pair(meta.get("key", meta["sender_id"]))
        index = (meta.get("v2") or {}).get("index")
        sender, public = meta["sender_id"], public_key(key)
        nonce: Any = self._nonce(sender, public) if index is None else self._gas_key_nonce(sender, public, index)
        nonce += meta.get("nonce_step", 1)
        view = {
            "sender_id": sender,
            "receiver_id": meta["receiver_id"],
            "actions": meta["actions"],
            "public_key": public,
            "nonce": {"nonce": nonce, "index": index} if "v2" in meta else nonce,
            "max_block_height": self._block()["header"]["height"] + meta.get("blocks", 100),
        }
        return signed_delegate(view, key, corrupt=meta.get("corrupt", False))

    def _ask(self, method: str, params: Any) -> Any:
        raw = self._call(method, params)
        if "error" in raw:
            raise RpcFailure(json.dumps(raw["error"]))
        return raw["result"]

    def _block(self) -> Any:
        return self._ask("block", {"finality": "final"})

    def _height(self) -> int:
        return int(self._ask("status", [])["sync_info"]["latest_block_height"])

    def _view(self, kind: str, account: str, key: str) -> Any:
        request = {"request_type": kind, "finality": "optimistic", "account_id": account, "public_key": key}
        return self._ask("query", request)

    def _nonce(self, account: str, key: str) -> int:
        return int(self._view("view_access_key", account, key)["nonce"])

    def _gas_key_nonce(self, account: str, key: str, index: int) -> int:
        return int(self._view("view_gas_key_nonces", account, key)["nonces"][index])

    def _status(self, digest: str, signer: str) -> Any:
        params = {"tx_hash": digest, "sender_account_id": signer, "wait_until": "FINAL"}
        return self._ask("EXPERIMENTAL_tx_status", params)

    def _balances(self) -> dict[str, Any]:
        found = {}
        for account in self._accounts:
            raw = self._call("query", {"request_type": "view_account", "finality": "final", "account_id": account})
            view = raw.get("result")
            found[account] = view and {key: view[key] for key in ("amount", "locked", "storage_usage", "code_hash")}
        return found


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strip(item) for key, item in value.items() if key not in _DROPPED}
    if isinstance(value, list):
        return [_strip(item) for item in value]
    return value


def _answer(raw: dict[str, Any]) -> dict[str, Any]:
    kind = "error" if "error" in raw else "result"
    return {kind: _strip(raw[kind])}


def normalise(result: dict[str, Any]) -> dict[str, Any]:
    """The outcomes and receipts of a transaction, with labels for ids."""
    labels: dict[str, str] = {}

    def label(identity: str) -> str:
        return labels.setdefault(identity, f"r{len(labels)}")

    def status(value: Any) -> Any:
        if isinstance(value, dict) and "SuccessReceiptId" in value:
            return {"SuccessReceiptId": label(value["SuccessReceiptId"])}
        return value

    def outcome(view: dict[str, Any]) -> dict[str, Any]:
        body = view["outcome"]
        profile = sorted(
            [entry["cost_category"], entry["cost"], str(entry["gas_used"])] for entry in body["metadata"].get("gas_profile") or []
        )
        identity = label(view["id"])
        found = {
            "executor": body["executor_id"],
            "status": status(body["status"]),
            "gas_burnt": body["gas_burnt"],
            "tokens_burnt": body["tokens_burnt"],
            "logs": body["logs"],
            "receipt_ids": [label(child) for child in body["receipt_ids"]],
            "gas_profile": profile,
        }
        return {**_strip(found), "id": identity}

    def receipt(view: dict[str, Any]) -> dict[str, Any]:
        ((kind, content),) = view["receipt"].items()
        body = _strip(_receipt_body(kind, content, label))
        return {
            "id": label(view["receipt_id"]),
            "predecessor": view["predecessor_id"],
            "receiver": view["receiver_id"],
            "kind": kind,
            "body": body,
        }

    final = _strip(status(result["status"]))
    transaction = outcome(result["transaction_outcome"])
    outcomes = [outcome(view) for view in result["receipts_outcome"]]
    receipts = sorted((receipt(view) for view in result.get("receipts", [])), key=lambda found: int(found["id"][1:]))
    return {"status": final, "transaction": transaction, "outcomes": outcomes, "receipts": receipts}


def _receipt_body(kind: str, body: dict[str, Any], label: Callable[[str], str]) -> dict[str, Any]:
    if kind == "Action":
        return {
            "signer": body["signer_id"],
            "gas_price": body["gas_price"],
            "actions": [_short_code(action) for action in body["actions"]],
            "inputs": [label(data) for data in body["input_data_ids"]],
            # Labelled, then left out by the comparison like every field of this name; the order of labels counts.
            "outputs": [{"id": label(data["data_id"]), "to": data["receiver_id"]} for data in body["output_data_receivers"]],
            "is_promise_yield": body.get("is_promise_yield", False),
            "refund_to": body.get("refund_to"),
        }
    if kind == "Data":
        return {"data_id": label(body["data_id"]), "data": body["data"]}
    return body


def _short_code(action: Any) -> Any:
    for kind in ("DeployContract", "DeployGlobalContract"):
        if isinstance(action, dict) and kind in action:
            code = base64.b64decode(action[kind]["code"])
            digest = code.hex() if len(code) == 32 else hashlib.sha256(code).hexdigest()
            return {kind: {**action[kind], "code": f"sha256:{digest}"}}
    return action


def differences(want: Any, got: Any, path: str = "") -> Iterator[str]:
    """Every place where two answers differ."""
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted(want.keys() | got.keys()):
            if key in want and key in got:
                yield from differences(want[key], got[key], f"{path}.{key}")
            else:
                yield _difference(f"{path}.{key}", want.get(key), got.get(key))
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for index, (one, other) in enumerate(zip(want, got, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif want != got:
        yield _difference(path, want, got)


def _difference(path: str, want: Any, got: Any) -> str:
    return f"{path}: want {json.dumps(want)[:300]}, got {json.dumps(got)[:300]}"
