"""Builds and signs transactions that are given as nearcore's JSON views, byte by byte.

Written out here, not taken from a client library: the recorded suites hold what no client library can build (transactions of
version 1, gas keys, DelegateV2, signatures that are wrong).
"""

from __future__ import annotations

import base64
import hashlib
import struct
from typing import Any

import base58
from nacl.signing import SigningKey

_DELEGATE_TAG = {False: 2**30 + 366, True: 2**30 + 611}
"""What is signed of a meta-transaction begins with this number: NEP-366, and the second version of it."""


def u8(number: int) -> bytes:
    return struct.pack("<B", number)


def u16(number: int) -> bytes:
    return struct.pack("<H", number)


def u32(number: int) -> bytes:
    return struct.pack("<I", number)


def u64(number: int) -> bytes:
    return struct.pack("<Q", number)


def u128(number: str | int) -> bytes:
    return int(number).to_bytes(16, "little")


def blob(content: bytes) -> bytes:
    return u32(len(content)) + content


def text(content: str) -> bytes:
    return blob(content.encode())


def listed(parts: list[bytes]) -> bytes:
    return u32(len(parts)) + b"".join(parts)


def key_pair(seed: str) -> SigningKey:
    """The ed25519 key of a seed, as nearcore makes it: the bytes of the text, cut or padded with spaces to 32."""
    return SigningKey(seed.encode()[:32].ljust(32))


def public_key(key: SigningKey) -> str:
    return "ed25519:" + base58.b58encode(bytes(key.verify_key)).decode()


def key_bytes(key: str) -> bytes:
    kind, data = key.split(":")
    return u8({"ed25519": 0, "secp256k1": 1}[kind]) + base58.b58decode(data)


def _function_call_permission(view: dict[str, Any]) -> bytes:
    allowance = view.get("allowance")
    return (
        (u8(0) if allowance is None else u8(1) + u128(allowance))
        + text(view["receiver_id"])
        + listed([text(method) for method in view["method_names"]])
    )


def _gas_key(view: dict[str, Any]) -> bytes:
    return u128(view["balance"]) + u16(view["num_nonces"])


def _access_key(view: dict[str, Any]) -> bytes:
    permission = view["permission"]
    if permission == "FullAccess":
        encoded = u8(1)
    else:
        ((kind, body),) = permission.items()
        encoded = {
            "FunctionCall": lambda: u8(0) + _function_call_permission(body),
            "GasKeyFunctionCall": lambda: u8(2) + _gas_key(body) + _function_call_permission(body),
            "GasKeyFullAccess": lambda: u8(3) + _gas_key(body),
        }[kind]()
    return u64(view.get("nonce", 0)) + encoded


def _global_identifier(view: dict[str, str]) -> bytes:
    return u8(0) + base58.b58decode(view["CodeHash"]) if "CodeHash" in view else u8(1) + text(view["AccountId"])


def _state_init(view: dict[str, Any]) -> bytes:
    first = view["V1"]
    data = sorted((base64.b64decode(key), base64.b64decode(value)) for key, value in first["data"].items())
    return u8(0) + _global_identifier(first["code"]) + listed([blob(key) + blob(value) for key, value in data])


_ACTIONS: dict[str, Any] = {
    "DeployContract": lambda v: u8(1) + blob(base64.b64decode(v["code"])),
    "FunctionCall": lambda v: (
        u8(2) + text(v["method_name"]) + blob(base64.b64decode(v["args"])) + u64(int(v["gas"])) + u128(v["deposit"])
    ),
    "Transfer": lambda v: u8(3) + u128(v["deposit"]),
    "Stake": lambda v: u8(4) + u128(v["stake"]) + key_bytes(v["public_key"]),
    "AddKey": lambda v: u8(5) + key_bytes(v["public_key"]) + _access_key(v["access_key"]),
    "DeleteKey": lambda v: u8(6) + key_bytes(v["public_key"]),
    "DeleteAccount": lambda v: u8(7) + text(v["beneficiary_id"]),
    "Delegate": lambda v: u8(8) + _delegate(v["delegate_action"]) + u8(0) + base64.b64decode(v["signature"]),
    "DeployGlobalContract": lambda v: (
        u8(9) + blob(base64.b64decode(v["code"])) + u8({"CodeHash": 0, "AccountId": 1}[v["deploy_mode"]])
    ),
    "UseGlobalContract": lambda v: u8(10) + _global_identifier(v["contract_identifier"]),
    "DeterministicStateInit": lambda v: u8(11) + _state_init(v["state_init"]) + u128(v["deposit"]),
    "TransferToGasKey": lambda v: u8(12) + key_bytes(v["public_key"]) + u128(v["deposit"]),
    "WithdrawFromGasKey": lambda v: u8(13) + key_bytes(v["public_key"]) + u128(v["amount"]),
    "DelegateV2": lambda v: u8(14) + u8(0) + _delegate(v["delegate_action"]) + u8(0) + base64.b64decode(v["signature"]),
}


def action_bytes(action: Any) -> bytes:
    if action == "CreateAccount":
        return u8(0)
    ((kind, view),) = action.items()
    encoded: bytes = _ACTIONS[kind](view)
    return encoded


def _nonce(nonce: Any) -> bytes:
    """A plain number, or the second version: with or without the index of a gas key's nonce."""
    if not isinstance(nonce, dict):
        return u64(nonce)
    index = nonce.get("index")
    return u8(0) + u64(nonce["nonce"]) if index is None else u8(1) + u64(nonce["nonce"]) + u16(index)


def _delegate(view: dict[str, Any]) -> bytes:
    return (
        text(view["sender_id"])
        + text(view["receiver_id"])
        + listed([action_bytes(action) for action in view["actions"]])
        + _nonce(view["nonce"])
        + u64(view["max_block_height"])
        + key_bytes(view["public_key"])
    )


def _corrupted(signature: bytes) -> bytes:
    return bytes([signature[0] ^ 1]) + signature[1:]


def signed_delegate(view: dict[str, Any], key: SigningKey, *, corrupt: bool = False) -> dict[str, Any]:
    """A meta-transaction with its signature, as an action."""
    second = isinstance(view["nonce"], dict)
    content = u32(_DELEGATE_TAG[second]) + (u8(0) if second else b"") + _delegate(view)
    signature = key.sign(hashlib.sha256(content).digest()).signature
    signature = _corrupted(signature) if corrupt else signature
    body = {"delegate_action": view, "signature": base64.b64encode(signature).decode()}
    return {"DelegateV2" if second else "Delegate": body}


def signed_transaction(
    key: SigningKey,
    *,
    signer: str,
    receiver: str,
    nonce: Any,
    block_hash: str,
    actions: list[Any],
    strict: bool = False,
    corrupt: bool = False,
) -> tuple[str, str]:
    """A signed transaction in base64, and its hash. A ``nonce`` that is a dictionary makes it version 1."""
    first = isinstance(nonce, dict)
    content = (
        (u8(1) if first else b"")
        + text(signer)
        + key_bytes(public_key(key))
        + _nonce(nonce)
        + text(receiver)
        + base58.b58decode(block_hash)
        + listed([action_bytes(action) for action in actions])
        + (u8(1 if strict else 0) if first else b"")
    )
    digest = hashlib.sha256(content).digest()
    signature = key.sign(digest).signature
    signature = _corrupted(signature) if corrupt else signature
    return base64.b64encode(content + u8(0) + signature).decode(), base58.b58encode(digest).decode()
