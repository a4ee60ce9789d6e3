"""From a ``Failure`` of the node's JSON to the exception of its kind."""

from __future__ import annotations

import functools
from typing import Any

from near_harness.outcome.failures import actions, calls, refusals, rules  # noqa: F401 - rules are known by being subclasses
from near_harness.outcome.failures.base import TransactionFailed

_BY_TEXT: tuple[tuple[str, type[calls.FunctionCallFailed]], ...] = (
    (calls.PANICKED, calls.ContractPanic),
    ("Exceeded the prepaid gas.", calls.GasExceeded),
    ("Exceeded the maximum amount of gas allowed to burn per contract.", calls.GasLimitExceeded),
    (calls.TRAPPED, calls.WasmTrap),
    ("Link Error: ", calls.LinkError),
)


def _known(parent: type[TransactionFailed]) -> dict[str, type[TransactionFailed]]:
    """The classes directly below one, by the names of nearcore's variants."""
    return {kind.__dict__.get("variant", kind.__name__): kind for kind in parent.__subclasses__()}


_TRANSACTION = {**_known(refusals.InvalidTransaction), "InvalidAccessKeyError": refusals.InvalidAccessKey}
_ACTION = {**_known(actions.ActionFailed), "FunctionCallError": calls.FunctionCallFailed}
_FUNCTION_CALL = {
    **_known(calls.FunctionCallFailed),
    "WasmUnknownError": calls.FunctionCallFailed,
    "ExecutionError": calls.HostError,
}
_INSIDE: dict[type[TransactionFailed], dict[str, type[TransactionFailed]]] = {
    refusals.InvalidAccessKey: _known(refusals.InvalidAccessKey),
    refusals.ActionsValidation: _known(refusals.ActionsValidation),
    actions.NewReceiptValidationError: _known(actions.NewReceiptValidationError),
    calls.FunctionCallFailed: _FUNCTION_CALL,
    calls.MethodResolveError: _known(calls.MethodResolveError),
    calls.CompilationError: {**_known(calls.CompilationError), "CodeDoesNotExist": calls.CodeDoesNotExist},
    calls.PrepareError: _known(calls.PrepareError),
}
"""What a variant that carries another enum has inside."""
_CARRY_NAMES = (actions.DelegateActionAccessKeyError, actions.NewReceiptActionsInvalid, calls.PrepareError, calls.WasmTrap)
"""Classes whose inner variants have no class of their own: the names go into the path."""


_NO_CLASS = (
    "Serialization", "InternalMemoryDeclared", "GasInstrumentation", "StackHeightInstrumentation", "Instantiate",
    "Memory", "TooManyFunctions", "TooManyLocals", "TooManyTables", "TooManyTableElements", "FunctionBodyTooLarge",
    "InstrumentedCodeTooLarge", "TooManyBlocksPerFunction", "TooManyBlocksPerContract", "TooManyTypes",
    "TooManyParamsPerFunction", "TooManyParamsPerContract", "OperandStackTooLarge", "TooManyGlobals", "Unreachable",
    "IncorrectCallIndirectSignature", "MemoryOutOfBounds", "CallIndirectOOB", "IllegalArithmetic",
    "MisalignedAtomicAccess", "IndirectCallToNull", "StackOverflow", "GenericTrap",
)  # fmt: skip
"""What nearcore names inside of ``PrepareError`` and ``WasmTrap``."""


@functools.cache
def failure_names() -> frozenset[str]:
    """Every name by which a failure can be asked for: of classes, and nearcore's."""
    found = {*_NO_CLASS, *_TRANSACTION, *_ACTION, *(name for inside in _INSIDE.values() for name in inside)}
    waiting: list[type[TransactionFailed]] = [TransactionFailed]
    while waiting:
        kind = waiting.pop()
        found.add(kind.__name__)
        waiting.extend(kind.__subclasses__())
    return frozenset(found)


def parse_failure(raw: Any) -> TransactionFailed:
    """Turn a ``Failure`` (``TxExecutionError`` in JSON) into the exception of its kind, without raising it."""
    kind, body = _variant(raw)
    if kind == "InvalidTxError":
        found, path, fields = _descend(body, refusals.InvalidTransaction, _TRANSACTION)
        return found(path, fields, raw)
    if kind == "ActionError" and isinstance(body, dict):
        index = body.get("index")
        found, path, fields = _descend(body.get("kind"), actions.ActionFailed, _ACTION)
        if path[-1:] == ("ExecutionError",) and isinstance(fields, str):
            found = next((kind for start, kind in _BY_TEXT if fields.startswith(start)), calls.HostError)
        return found(path, fields, raw, index if isinstance(index, int) else None)
    return TransactionFailed((kind,) if kind else (), body, raw)


def _descend(
    raw: Any, found: type[TransactionFailed], choices: dict[str, type[TransactionFailed]]
) -> tuple[type[TransactionFailed], tuple[str, ...], Any]:
    """Follow the names of variants down to the fields of the innermost, and choose the class on the way."""
    path: list[str] = []
    while True:
        name, body = _variant(raw)
        is_name = name.isidentifier() and name[:1].isupper()
        if not is_name or (name not in choices and path and not _carries_names(found)):
            return found, tuple(path), raw
        path.append(name)
        found = choices.get(name, found)
        choices = _INSIDE.get(found, {}) if name != "ExecutionError" else {}
        if name == "ExecutionError" or not isinstance(body, (dict, str)):
            return found, tuple(path), body
        raw = body


def _carries_names(found: type[TransactionFailed]) -> bool:
    return issubclass(found, _CARRY_NAMES) or found in _INSIDE


def _variant(raw: Any) -> tuple[str, Any]:
    if isinstance(raw, str):
        return raw, None
    if isinstance(raw, dict) and len(raw) == 1:
        return next(iter(raw.items()))
    return "", raw
