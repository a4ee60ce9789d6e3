"""What can go wrong, as one hierarchy.

::

    HarnessError
    ├── BadInput (also a ValueError): refused before anything was sent
    │   ├── InvalidAmount · InvalidAccountId · InvalidContractCode
    │   ├── InvalidArguments ── NotPayable
    │   ├── CannotGraft · NobodyWaits
    │   ├── UnknownMethod (also an AttributeError)
    │   └── InvalidSetting ── UnknownNodeKind
    ├── NodeError: the node cannot be had, or cannot do what is asked
    │   ├── EngineMissing · EngineMismatch · NodeKindUnavailable · PortInUse · NodeUnreachable ── CertificateRefused ·
    │   │   CapabilityMissing
    │   └── NodeStartFailed · ProtocolMismatch · BinaryMissing · DownloadFailed · OpenFileLimit · DockerUnavailable ·
    │       ImageMissing · WrongArchitecture · PublicNetwork
    ├── RpcError: the node answered with an error
    │   ├── RpcTimeout · UnknownAccount · UnknownBlock · ViewFailed
    ├── ReceiptNotFound (also a LookupError)
    └── TransactionFailed: the protocol refused a transaction, or a receipt failed
        └── InvalidTransaction · ActionFailed and all of nearcore's kinds below them

The classes of the last group are drawn and explained in :mod:`near_harness.outcome.failures`. What does not hold in a test
is :class:`near_harness.expectations.ExpectationFailed`, an ``AssertionError``. All of them can be pickled.
"""

from __future__ import annotations

from typing import Any

from near_harness.panics import advice_on


class Restorable(Exception):
    """An error that can be pickled whatever its constructor takes: its text and attributes go along."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args), self.__dict__


def _restored(kind: type[Restorable], args: tuple[Any, ...]) -> Restorable:
    error = kind.__new__(kind)
    error.args = args
    return error


class HarnessError(Restorable):
    """Whatever the harness itself raises."""


class BadInput(HarnessError, ValueError):
    """Something that was passed in cannot be used; nothing was sent."""


class InvalidAmount(BadInput):
    """Money or gas without a unit, negative, fractional below the smallest unit, or no number at all."""


class InvalidAccountId(BadInput):
    """Text that is no account id by the protocol's rules."""


class InvalidArguments(BadInput):
    """Arguments that the method does not take, or that cannot be written as JSON."""


class CannotGraft(BadInput):
    """A contract's method cannot be replaced: it lacks the method, or does not import a host function that the new one calls."""


class NobodyWaits(BadInput):
    """A puppet's call was to be resumed, and none of the method waits."""


class NotPayable(InvalidArguments):
    """A deposit for a method that takes none: the contract would refuse it."""


class InvalidContractCode(BadInput):
    """A contract that is missing, is no WebAssembly module, or is larger than the protocol allows."""


class UnknownMethod(BadInput, AttributeError):
    """A method that the contract does not export."""


class InvalidSetting(BadInput):
    """An option, ini key, environment variable, URL, port or version that cannot be used."""


class UnknownNodeKind(InvalidSetting):
    """A kind of node that does not exist."""


class NodeError(HarnessError):
    """The node cannot be had, or cannot do what is asked."""


class EngineMissing(NodeError):
    """The embedded node's engine is not installed."""


class EngineMismatch(NodeError):
    """The engine that is installed belongs to another version of the harness."""


class NodeKindUnavailable(NodeError):
    """A kind of node that this version, or this machine, cannot run."""


class PortInUse(NodeError):
    """Another program listens on the port that was asked for."""


class NodeUnreachable(NodeError):
    """Nothing answers at the node's address."""


class CertificateRefused(NodeUnreachable):
    """The node's address begins with https, and the certificate that is shown there is not one that is trusted."""

    def __init__(self, address: str, reason: object) -> None:
        super().__init__(
            f"{address} shows a certificate that is not accepted: {str(reason).rstrip('.')}. Where you trust who has issued it, "
            "name a file with the issuer's certificate by SSL_CERT_FILE (near-harness trace takes --ca-file as well)"
        )


class CapabilityMissing(NodeError):
    """The kind of node in use cannot do what is asked."""


class NodeStartFailed(NodeError):
    """A node was started, and ended or never answered. The text has the last lines that it wrote."""


class ProtocolMismatch(NodeError):
    """The node runs another protocol version (``version``) than the one that was asked for."""

    def __init__(self, version: int, text: str) -> None:
        self.version = version
        super().__init__(text)


class BinaryMissing(NodeError):
    """There is no near-sandbox where one was looked for, or it cannot be executed."""


class DownloadFailed(NodeError):
    """A node's binary could not be downloaded, or is not the one that it was."""


class OpenFileLimit(NodeError):
    """The node needs more open files than this process may have."""


class DockerUnavailable(NodeError):
    """Docker's engine is not installed, not running, or not for this user."""


class ImageMissing(NodeError):
    """There is no such container image, here or where it could be pulled from."""


class WrongArchitecture(NodeError):
    """A node that is built for another processor."""


class PublicNetwork(NodeError):
    """The address is a node of a public network, and nobody said that tests may run there."""


class RpcError(HarnessError):
    """The node answered a request with an error.

    ``name`` is the cause in nearcore's spelling (``UNKNOWN_ACCOUNT``), ``info`` its fields, ``data`` the text or object
    beside them, ``method`` the RPC method that was called, ``status`` the HTTP status.
    """

    def __init__(self, method: str, name: str, info: dict[str, Any], data: Any, status: int = 200) -> None:
        self.method, self.name, self.info, self.data, self.status = method, name, info, data, status
        super().__init__(f"{method}: {name}: {_short(data) or _short(info) or 'no details'}")


class RpcTimeout(RpcError):
    """The node waited as long as it does and the transaction had not come to its end; it may still."""


class UnknownAccount(RpcError):
    """An account that does not exist was looked at."""


class UnknownBlock(RpcError):
    """A block that does not exist (any more) was looked at."""


class ViewFailed(RpcError):
    """A view call ended with an error of the contract. ``logs`` are those that were written before it."""

    def __init__(self, contract_id: str, method_name: str, text: str, logs: tuple[str, ...] = ()) -> None:
        self.contract_id, self.method_name, self.logs = contract_id, method_name, logs
        super().__init__("query", "CONTRACT_EXECUTION_ERROR", {}, text)
        advice = advice_on(text)
        told = [f"view {contract_id}.{method_name}: {text}", *(f"  log: {log}" for log in logs)]
        self.args = ("\n".join([*told, f"try: {advice}"] if advice else told),)


class ReceiptNotFound(HarnessError, LookupError):
    """No receipt of the transaction, or more than one, fits what was asked for."""


_RAISED_FOR: dict[str, type[RpcError]] = {
    "TIMEOUT_ERROR": RpcTimeout,
    "UNKNOWN_ACCOUNT": UnknownAccount,
    "UNKNOWN_BLOCK": UnknownBlock,
}
RPC_CAUSES: dict[str, type[RpcError]] = {**_RAISED_FOR, "CONTRACT_EXECUTION_ERROR": ViewFailed, "NO_CONTRACT_CODE": ViewFailed}
"""The causes of a node's errors that have a class of their own. The last two become one where a view is made."""


def rpc_error(method: str, error: Any, status: int) -> RpcError:
    """Turn the ``error`` of a JSON-RPC answer, whatever its form, into the class of its cause."""
    if not isinstance(error, dict):
        return RpcError(method, "UNREADABLE", {}, error, status)
    cause = error.get("cause") or {}
    name = str(cause.get("name") or error.get("name") or f"HTTP {status}")
    return _RAISED_FOR.get(name, RpcError)(method, name, cause.get("info") or {}, error.get("data"), status)


def _short(value: Any) -> str:
    text = "" if value in (None, {}, "") else str(value)
    return text if len(text) <= 600 else text[:600] + " …"
