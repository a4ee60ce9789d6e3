"""Failures by the names that nearcore gives them, as exception classes.

``near-primitives`` (``errors.rs``) has two families: ``InvalidTxError``, where a transaction is refused and nothing is
executed, and ``ActionErrorKind``, where an action of a receipt fails and the receipt's changes are rolled back. Each
class here is named after a variant; ``fields`` holds what the variant carries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from near_harness.errors import HarnessError
from near_harness.units import Amount

if TYPE_CHECKING:
    from near_harness.outcome.model import Outcome


class TransactionFailed(HarnessError):
    """A transaction that was refused, or whose result is a failure.

    ``name`` is the innermost name of the failure, ``path`` all names from the outside in, ``fields`` what the innermost
    one carries, ``message`` its text, ``action_index`` which action of the receipt failed, ``outcome`` the receipt tree
    (None where nothing was executed), ``raw`` the failure as the node sent it.
    """

    hint = ""

    def __init__(self, path: tuple[str, ...], fields: Any, raw: Any, action_index: int | None = None) -> None:
        self.path, self.fields, self.raw, self.action_index = path, fields, raw, action_index
        self.outcome: Outcome | None = None
        self.transaction_hash: str | None = None
        self.context = ""
        super().__init__(path, fields, raw, action_index)

    @property
    def name(self) -> str:
        """The failure's own name, such as ``NotEnoughBalance``."""
        return self.path[-1] if self.path else type(self).__name__

    @property
    def message(self) -> str:
        """The failure in one line, with money in NEAR."""
        details = _fields_text(self.fields)
        return f"{self.name}: {details}" if details else self.name

    def __str__(self) -> str:
        parts = [self.message]
        if self.context:
            parts.append(f"called: {self.context}")
        if self.hint:
            parts.append(f"try: {self.hint}")
        if self.outcome is not None:
            parts.append(str(self.outcome))
        elif self.transaction_hash:
            parts.append(f"transaction {self.transaction_hash} was not executed")
        return "\n".join(parts)


class InvalidTransaction(TransactionFailed):
    """The protocol refused the transaction: nothing was executed and nothing was charged."""


class InvalidNonce(InvalidTransaction):
    """The nonce is not above the access key's nonce."""


class NonceTooLarge(InvalidTransaction):
    """The nonce is at or above the block height times one million."""


class NotEnoughBalance(InvalidTransaction):
    """The signer cannot pay the deposits plus all attached gas at the purchase price."""

    hint = "give the signer more NEAR, or attach less gas or a smaller deposit (attached gas is paid in advance)"


class SignerDoesNotExist(InvalidTransaction):
    """The signer's account does not exist."""


class AccessKeyNotFound(InvalidTransaction):
    """The signer's account has no such access key."""


class InvalidAccessKey(InvalidTransaction):
    """The access key may not sign this transaction."""


class InvalidSignature(InvalidTransaction):
    """The signature does not fit the transaction and the public key."""


class Expired(InvalidTransaction):
    """The transaction names a block that is too old (100 blocks on a sandbox chain), or not of this chain."""


class ActionsValidation(InvalidTransaction):
    """The list of actions breaks a rule; the rule's own name and fields are in ``path`` and ``fields``."""


class ActionFailed(TransactionFailed):
    """An action of a receipt failed: the receipt's changes are rolled back, and its deposit goes to its predecessor."""


class AccountDoesNotExist(ActionFailed):
    """The receiver of the receipt does not exist."""


class AccountAlreadyExists(ActionFailed):
    """The account that should be created exists."""


class CreateAccountNotAllowed(ActionFailed):
    """Only the account above may create an account: ``a.b`` is created by ``b``."""


class CreateAccountOnlyByRegistrar(ActionFailed):
    """Short names without a dot belong to the registrar."""


class LackBalanceForState(ActionFailed, InvalidTransaction):
    """The account's balance would not cover its storage (10**19 yoctoNEAR a byte)."""

    hint = "give the account more NEAR, or store less"


class ActorNoPermission(ActionFailed):
    """The predecessor may not do this to the account; only the account itself may."""


class FunctionCallFailed(ActionFailed):
    """A function call failed; the kinds that have a name of their own are subclasses."""

    @property
    def name(self) -> str:
        """The failure's own name, such as ``ContractPanic``."""
        return super().name if type(self) is FunctionCallFailed else type(self).__name__

    @property
    def message(self) -> str:
        """The failure in one line."""
        if self.text:
            return f"{self.name}: {self.text}"
        inside = self.path[self.path.index(self.name) + 1 :] if self.name in self.path else ()
        return ": ".join((self.name, *inside)) if inside else super().message

    @property
    def text(self) -> str:
        """The text of the runtime or of the contract."""
        return self.fields if isinstance(self.fields, str) else ""


class ContractPanic(FunctionCallFailed):
    """The contract panicked. ``text`` is what it said."""

    @property
    def text(self) -> str:
        """The contract's own words."""
        return super().text.removeprefix(_PANICKED)


class GasExceeded(FunctionCallFailed):
    """The gas attached to the call is used up."""

    hint = "attach more gas to the call, or give the promise that failed a larger share"


class GasLimitExceeded(FunctionCallFailed):
    """One call burnt as much as the protocol allows any call to burn."""


class WasmTrap(FunctionCallFailed):
    """The WebAssembly code hit a trap: unreachable code, a bad memory access, a division by zero, a full stack."""


class HostError(FunctionCallFailed):
    """A host function refused what the contract asked of it."""


class MethodNotFound(FunctionCallFailed):
    """The contract has no such method."""


class MethodInvalidSignature(FunctionCallFailed):
    """The export of that name takes or returns values, so it is no contract method."""


class CodeDoesNotExist(FunctionCallFailed):
    """The account has no contract."""


class CompilationError(FunctionCallFailed):
    """The contract's code cannot be prepared or compiled by this protocol version."""

    hint = "the compiler may be newer than the protocol version: see --near-protocol, and wasm-opt for older ones"


_PANICKED = "Smart contract panicked: "
_BY_TEXT: tuple[tuple[str, type[FunctionCallFailed]], ...] = (
    (_PANICKED, ContractPanic),
    ("Exceeded the prepaid gas.", GasExceeded),
    ("Exceeded the maximum amount of gas allowed to burn per contract.", GasLimitExceeded),
    ("WebAssembly trap: ", WasmTrap),
)


def _subclasses(parent: type[TransactionFailed]) -> dict[str, type[TransactionFailed]]:
    found: dict[str, type[TransactionFailed]] = {}
    for child in parent.__subclasses__():
        found[child.__name__] = child
        found.update(_subclasses(child))
    return found


_ACTION_KINDS = _subclasses(ActionFailed)
_TRANSACTION_KINDS = _subclasses(InvalidTransaction)


def parse_failure(raw: Any) -> TransactionFailed:
    """Turn a ``Failure`` (``TxExecutionError`` in JSON) into the exception of its kind, without raising it."""
    kind, body = _variant(raw)
    if kind == "InvalidTxError":
        path, fields = _descend(body, stop=_TRANSACTION_KINDS)
        return _pick(path, _TRANSACTION_KINDS, InvalidTransaction)(path, fields, raw)
    if kind == "ActionError" and isinstance(body, dict):
        index = body.get("index")
        path, fields = _descend(body.get("kind"), stop=_ACTION_KINDS)
        return _action_class(path, fields)(path, fields, raw, index if isinstance(index, int) else None)
    return TransactionFailed((kind,) if kind else (), body, raw)


def _action_class(path: tuple[str, ...], fields: Any) -> type[TransactionFailed]:
    if path[:1] == ("FunctionCallError",):
        if path[-1] == "ExecutionError" and isinstance(fields, str):
            return next((kind for start, kind in _BY_TEXT if fields.startswith(start)), HostError)
        return _pick(path, _ACTION_KINDS, FunctionCallFailed)
    return _pick(path, _ACTION_KINDS, ActionFailed)


def _pick(
    path: tuple[str, ...], kinds: dict[str, type[TransactionFailed]], otherwise: type[TransactionFailed]
) -> type[TransactionFailed]:
    if path[:1] == ("InvalidAccessKeyError",) and path[-1] != "AccessKeyNotFound":
        return InvalidAccessKey
    return next((kinds[name] for name in reversed(path) if name in kinds), otherwise)


def _variant(raw: Any) -> tuple[str, Any]:
    if isinstance(raw, str):
        return raw, None
    if isinstance(raw, dict) and len(raw) == 1:
        return next(iter(raw.items()))
    return "", raw


def _descend(raw: Any, stop: dict[str, Any]) -> tuple[tuple[str, ...], Any]:
    """Follow one-key objects whose key is a variant's name (capitalised) down to the fields."""
    path: list[str] = []
    while True:
        if isinstance(raw, str) and raw.isidentifier() and raw[:1].isupper() and (not path or path[-1] not in _LEAVES):
            return (*path, raw), None
        name, body = _variant(raw)
        if isinstance(raw, str) or not name or not name[:1].isupper():
            return tuple(path), raw
        path.append(name)
        raw = body
        if name in stop and name not in _WRAPPERS:
            return tuple(path), raw


_WRAPPERS = ("CompilationError", "ActionsValidation")
_LEAVES = ("ExecutionError",)
_MONEY_FIELDS = ("balance", "cost", "amount", "allowance", "stake", "minimum_stake", "locked")


def _fields_text(fields: Any) -> str:
    if not isinstance(fields, dict):
        return "" if fields is None else str(fields)
    shown = []
    for key, value in fields.items():
        money = key in _MONEY_FIELDS and isinstance(value, str) and value.isdigit()
        shown.append(f"{key} {Amount(value) if money else value}")
    return ", ".join(shown)
