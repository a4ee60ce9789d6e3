"""Actions as JSON, in the form of nearcore's ``ActionView``, and back to what signs them.

py-near's action objects show only a part of what they carry, so they are read from their own borsh. The code of a contract is
not in the JSON: ``code`` is its hash, as in nearcore's view, and the bytes are kept beside it, once for each hash.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import base58
from py_near import transactions as py_near_actions
from py_near_primitives import DelegateAction, SignedDelegateAction, Transaction

from near_harness import actions as made
from near_harness.errors import BadInput
from near_harness.units import Amount, Gas

_NOBODY = "aa"
_NO_BYTES = b"\0" * 32


def code_hash(code: bytes) -> str:
    """Return the hash of a contract's code as NEAR shows it."""
    return base58.b58encode(hashlib.sha256(code).digest()).decode()


def to_json(actions: Sequence[Any], codes: dict[str, bytes]) -> list[Any]:
    """Write py-near's actions as JSON; the code of contracts goes to ``codes``, by its hash."""
    reader = _Reader(bytes(Transaction(_NOBODY, _NO_BYTES, 0, _NOBODY, _NO_BYTES, list(actions)).serialize()), codes)
    reader.skip_head()
    return [reader.action() for _ in range(reader.number(4))]


def from_json(actions: Sequence[Any], codes: Mapping[str, bytes], signed: Mapping[str, Any] | None = None) -> list[Any]:
    """Make py-near's actions of JSON again. ``signed`` are delegate actions that stand for others, by the others' signatures.

    :raises BadInput: for an action that cannot be made, or code that is not in ``codes``.
    """
    return [_made(action, codes, signed or {}) for action in actions]


def signature_text(signature: bytes) -> str:
    """An ed25519 signature as NEAR shows it."""
    return f"ed25519:{base58.b58encode(signature).decode()}"


def _made(action: Any, codes: Mapping[str, bytes], signed: Mapping[str, Any]) -> Any:
    kind, fields = (action, {}) if isinstance(action, str) else next(iter(action.items()))
    if kind == "Delegate" and fields["signature"] in signed:
        return signed[fields["signature"]]
    if kind not in _MAKERS:
        raise BadInput(f"an action {kind} cannot be signed again")
    return _MAKERS[kind](fields, codes)


def _code(fields: Mapping[str, Any], codes: Mapping[str, bytes]) -> bytes:
    if fields["code"] not in codes:
        raise BadInput(f"the contract {fields['code']} was left out")
    return codes[fields["code"]]


def _add_key(fields: Mapping[str, Any], _codes: Mapping[str, bytes]) -> Any:
    permission = fields["access_key"]["permission"]
    if permission == "FullAccess":
        return made.add_full_access_key(fields["public_key"])
    call = permission["FunctionCall"]
    allowance = None if call["allowance"] is None else Amount(call["allowance"])
    return made.add_function_call_key(fields["public_key"], call["receiver_id"], call["method_names"], allowance=allowance)


def _use_global(fields: Mapping[str, Any], _codes: Mapping[str, bytes]) -> Any:
    if "hash" in fields["contract_identifier"]:
        return py_near_actions.create_use_global_contract_action_by_code_hash(fields["contract_identifier"]["hash"])
    return py_near_actions.create_use_global_contract_action_by_account_id(fields["contract_identifier"]["account_id"])


def _delegate(fields: Mapping[str, Any], codes: Mapping[str, bytes]) -> Any:
    """What somebody else has signed, to the byte: another signature would need the key."""
    inner = fields["delegate_action"]
    said = {name: inner[name] for name in ("sender_id", "receiver_id", "nonce", "max_block_height")}
    public_key = base58.b58decode(inner["public_key"].removeprefix("ed25519:"))
    delegate = DelegateAction(actions=from_json(inner["actions"], codes), public_key=public_key, **said)
    return SignedDelegateAction(delegate, base58.b58decode(fields["signature"].removeprefix("ed25519:")))


_MAKERS: dict[str, Callable[[Mapping[str, Any], Mapping[str, bytes]], Any]] = {
    "CreateAccount": lambda _fields, _codes: made.create_account(),
    "DeployContract": lambda fields, codes: made.deploy(_code(fields, codes)),
    "FunctionCall": lambda fields, _codes: py_near_actions.create_function_call_action(
        fields["method_name"],
        base64.b64decode(fields["args"], validate=True),
        int(Gas(fields["gas"])),
        int(Amount(fields["deposit"])),
    ),
    "Transfer": lambda fields, _codes: made.transfer(Amount(fields["deposit"])),
    "Stake": lambda fields, _codes: made.stake(Amount(fields["stake"]), fields["public_key"]),
    "AddKey": _add_key,
    "DeleteKey": lambda fields, _codes: made.delete_key(fields["public_key"]),
    "DeleteAccount": lambda fields, _codes: made.delete_account(fields["beneficiary_id"]),
    "Delegate": _delegate,
    "DeployGlobalContract": lambda fields, codes: py_near_actions.create_deploy_global_contract_action(_code(fields, codes)),
    "DeployGlobalContractByAccountId": lambda fields, codes: py_near_actions.create_deploy_global_contract_action(
        _code(fields, codes), use_account_id=True
    ),
    "UseGlobalContract": _use_global,
}


class _Reader:
    """Borsh of a transaction (near-primitives: ``Transaction``, ``Action``), from the front to the back."""

    def __init__(self, data: bytes, codes: dict[str, bytes]) -> None:
        self._data, self._at, self._codes = data, 0, codes

    def skip_head(self) -> None:
        """Pass over everything before the actions."""
        self.text()
        self.key()
        self.number(8)
        self.text()
        self._take(32)

    def number(self, size: int) -> int:
        """Read a number of so many bytes."""
        return int.from_bytes(self._take(size), "little")

    def text(self) -> str:
        """Read a string."""
        return self._bytes().decode()

    def action(self) -> Any:
        """Read an action."""
        at, number = self._at, self.number(1)
        if number >= len(_READERS):
            raise BadInput(f"an action of number {number} at byte {at} cannot be written down")
        return _READERS[number](self)

    def _take(self, size: int) -> bytes:
        found = self._data[self._at : self._at + size]
        self._at += size
        return found

    def _bytes(self) -> bytes:
        return self._take(self.number(4))

    def key(self) -> str:
        kind, size = (("ed25519", 32), ("secp256k1", 64))[self.number(1)]
        return f"{kind}:{base58.b58encode(self._take(size)).decode()}"

    def amount(self) -> str:
        return str(self.number(16))

    def kept(self) -> str:
        code = self._bytes()
        name = code_hash(code)
        self._codes[name] = code
        return name

    def call(self) -> Any:
        method, args = self.text(), base64.b64encode(self._bytes()).decode()
        gas, deposit = self.number(8), self.amount()
        return {"FunctionCall": {"method_name": method, "args": args, "gas": gas, "deposit": deposit}}

    def stake(self) -> Any:
        return {"Stake": {"stake": self.amount(), "public_key": self.key()}}

    def add_key(self) -> Any:
        public_key, nonce = self.key(), self.number(8)
        permission: Any = "FullAccess"
        if self.number(1) == 0:
            allowance = self.amount() if self.number(1) else None
            receiver, methods = self.text(), [self.text() for _ in range(self.number(4))]
            permission = {"FunctionCall": {"allowance": allowance, "receiver_id": receiver, "method_names": methods}}
        return {"AddKey": {"public_key": public_key, "access_key": {"nonce": nonce, "permission": permission}}}

    def global_code(self) -> Any:
        code = self.kept()
        return {"DeployGlobalContractByAccountId" if self.number(1) else "DeployGlobalContract": {"code": code}}

    def use_global(self) -> Any:
        by_account = self.number(1)
        what = {"account_id": self.text()} if by_account else {"hash": base58.b58encode(self._take(32)).decode()}
        return {"UseGlobalContract": {"contract_identifier": what}}

    def delegate(self) -> Any:
        """A signed delegate action (NEP-366), and what it does."""
        sender, receiver = self.text(), self.text()
        actions = [self.action() for _ in range(self.number(4))]
        nonce, until, key = self.number(8), self.number(8), self.key()
        if self.number(1) or not key.startswith("ed25519:"):
            raise BadInput("a delegate action that is not signed with an ed25519 key cannot be written down")
        inner = {"sender_id": sender, "receiver_id": receiver, "actions": actions, "nonce": nonce, "max_block_height": until}
        return {"Delegate": {"delegate_action": {**inner, "public_key": key}, "signature": signature_text(self._take(64))}}


_READERS: tuple[Callable[[_Reader], Any], ...] = (
    lambda _reader: "CreateAccount",
    lambda reader: {"DeployContract": {"code": reader.kept()}},
    _Reader.call,
    lambda reader: {"Transfer": {"deposit": reader.amount()}},
    _Reader.stake,
    _Reader.add_key,
    lambda reader: {"DeleteKey": {"public_key": reader.key()}},
    lambda reader: {"DeleteAccount": {"beneficiary_id": reader.text()}},
    _Reader.delegate,
    _Reader.global_code,
    _Reader.use_global,
)
"""By the number of the variant in nearcore's enum ``Action``."""
