"""What a receipt can be asked for: plain functions over one receipt, without any test framework.

=============  ==========================================================================================================
criterion      what it takes
=============  ==========================================================================================================
receiver       where it ran: an account, a contract, or an id
predecessor    who sent it; ``"system"`` for refunds
signer         who signed the transaction
method         one of the methods that it calls
action         one of its actions, by nearcore's name: ``"CreateAccount"``
kind           ``"call"``, ``"callback"`` (a call that waited for results), ``"transfer"``, ``"refund"``, ``"actions"`` (the rest)
refund         why the protocol sent it: ``"deposit"``, ``"gas"``, ``"deletion"``
refund_to      who gets the deposit back instead of the predecessor
status         ``"succeeded"``, ``"failed"``, ``"not executed"``
failure        the class of its failure, or a name that nearcore gives it
panic          text of the contract's panic
message        text of the failure, whatever its kind
log            text of a log; a list: each in some log
event          a NEP-297 event: its name, or a dict with ``standard``, ``version``, ``event``, ``data`` (a part of it)
value          what it returned: JSON, or bytes
args           its JSON arguments, or a part of an object
deposit        the money it carries; or bounds
gas            the gas attached to its calls; or bounds
gas_burnt      the gas that executing it burnt; or bounds
callback_of    a receipt whose result it reads
data_to        an account to which its result goes
=============  ==========================================================================================================

*Text* is a part of the text, or a compiled regular expression. *Bounds* are :func:`at_least`, :func:`at_most` and
:func:`between`. Instead of a value every criterion takes a function of what the receipt has, such as
``deposit=lambda amount: amount % 2 == 0``.

Data receipts carry a result from one receipt to another and have no outcome of their own (nearcore: only action receipts
have): ask for ``data_to`` of the one, or for ``callback_of`` of the other.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from near_harness.account_ids import account_id_of
from near_harness.contract.arguments import plain_json
from near_harness.errors import BadInput
from near_harness.outcome.bounds import Bounds
from near_harness.outcome.events import Event, decode_json
from near_harness.outcome.failures import ContractPanic, TransactionFailed, failure_names
from near_harness.outcome.receipt import Receipt, Refund
from near_harness.units import to_amount, to_gas

_NOTHING = object()
KINDS = ("call", "callback", "transfer", "refund", "actions")
STATUSES = ("succeeded", "failed", "not executed")
ABOUT_FAILURE = ("status", "failure", "panic", "message")
"""Who asks for these knows what came of the receipt."""


@dataclass(frozen=True)
class Criterion:
    """One thing to ask of a receipt: how to read it, how to read what is wanted, and how to compare the two."""

    read: Callable[[Receipt], Any]
    wanted: Callable[[Any], Any]
    fits: Callable[[Any, Any], bool]


def kind_of(receipt: Receipt) -> str:
    """The kind of a receipt, one of :data:`KINDS`."""
    if receipt.refund is not None:
        return "refund"
    if receipt.methods:
        return "callback" if receipt.input_data_ids else "call"
    return "transfer" if {action.kind for action in receipt.actions} == {"Transfer"} else "actions"


def status_of(receipt: Receipt) -> str:
    """What came of a receipt, one of :data:`STATUSES`."""
    return "not executed" if not receipt.executed else "succeeded" if receipt.how_failed is None else "failed"


def is_kind(failure: TransactionFailed, kind: type[TransactionFailed] | str) -> bool:
    """Whether a failure is of a class, or has a name on nearcore's path to it."""
    return kind in (*failure.path, type(failure).__name__) if isinstance(kind, str) else isinstance(failure, kind)


def part_of(wanted: Any, seen: Any) -> bool:
    """Whether what is wanted is in JSON that was seen: objects may have more keys, everything else is equal."""
    if isinstance(wanted, Mapping) and isinstance(seen, Mapping):
        return all(key in seen and part_of(value, seen[key]) for key, value in wanted.items())
    return bool(wanted == seen)


def _same(wanted: Any, seen: Any) -> bool:
    return bool(wanted == seen)


def _among(wanted: Any, seen: Any) -> bool:
    return wanted in seen


def _text(wanted: str | re.Pattern[str], seen: str | None) -> bool:
    if seen is None:
        return False
    return wanted in seen if isinstance(wanted, str) else wanted.search(seen) is not None


def _texts(wanted: list[str | re.Pattern[str]], seen: tuple[str, ...]) -> bool:
    return all(any(_text(one, text) for text in seen) for one in wanted)


def _event(wanted: Mapping[str, Any], seen: tuple[Event, ...]) -> bool:
    return any(part_of(wanted, vars(event)) for event in seen)


def _quantity(wanted: Any, seen: Any) -> bool:
    return wanted.hold(seen) if isinstance(wanted, Bounds) else bool(wanted == seen)


def _value(wanted: Any, seen: bytes | None) -> bool:
    if seen is None or isinstance(wanted, bytes):
        return bool(wanted == seen)
    try:
        return bool(wanted == (decode_json(seen, "value") if seen else None))
    except BadInput:
        return False


def _args(wanted: Any, seen: tuple[bytes, ...]) -> bool:
    return any(wanted == args if isinstance(wanted, bytes) else part_of(wanted, _json_or_nothing(args)) for args in seen)


def _json_or_nothing(data: bytes) -> Any:
    try:
        return decode_json(data, "arguments")
    except BadInput:
        return _NOTHING


def _failure(wanted: Any, seen: TransactionFailed | None) -> bool:
    return seen is not None and is_kind(seen, wanted)


def _want_text(value: Any) -> Any:
    if not isinstance(value, (str, re.Pattern)):
        raise BadInput(f"{value!r} is neither text nor a compiled regular expression")
    return value


def wanted_failure(value: Any) -> Any:
    """Return a kind of failure, where it is one: a class, a name that the harness knows, or one that a node has said.

    :raises BadInput: for anything else, with the names that are like it.
    """
    if isinstance(value, type) and issubclass(value, TransactionFailed):
        return value
    if not isinstance(value, str):
        raise BadInput(
            f"{value!r} is neither a class of failures nor a name, such as GasExceeded of near_harness.outcome.failures"
        )
    if value not in failure_names() and value not in TransactionFailed.names_met:
        names = sorted(failure_names())
        inside = [name for name in names if value and value.lower() in name.lower()]
        close = difflib.get_close_matches(value, names, n=3, cutoff=0.6) or inside[:3]
        hint = f"did you mean {' or '.join(close)}?" if close else "near-harness explain --list has them all"
        raise BadInput(f"{value!r} is no name of a failure: {hint}")
    return value


def _want_event(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        return {"event": value}
    if not isinstance(value, Mapping) or value.keys() - Event.__dataclass_fields__.keys():
        raise BadInput(f"{value!r}: an event is its name, or a dict with standard, version, event, data")
    plain: Mapping[str, Any] = plain_json(value, "event")
    return plain


def _want_receipt(value: Any) -> Receipt:
    if not isinstance(value, Receipt):
        raise BadInput(f"{value!r} is no receipt: take it from tx.receipt(...)")
    return value


def _one_of(*choices: str) -> Callable[[Any], Any]:
    def wanted(value: Any) -> Any:
        if value == "data" and "callback" in choices:
            raise BadInput("data receipts have no outcome: ask for data_to=… of what sent it, or callback_of=… of what read it")
        if value not in choices:
            raise BadInput(f"{value!r} is none of {', '.join(choices)}")
        return value

    return wanted


def _quantities(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: value.converted(convert) if isinstance(value, Bounds) else convert(value)


def _json(value: Any) -> Any:
    return value if isinstance(value, bytes) else plain_json(value, "value")


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise BadInput(f"{value!r} is no name")
    return value


_REFUND_NAMES = tuple(reason.value for reason in Refund)

CRITERIA: dict[str, Criterion] = {
    "receiver": Criterion(lambda r: r.receiver, account_id_of, _same),
    "predecessor": Criterion(lambda r: r.predecessor, account_id_of, _same),
    "signer": Criterion(lambda r: r.signer, account_id_of, _same),
    "method": Criterion(lambda r: r.methods, _name, _among),
    "action": Criterion(lambda r: tuple(action.kind for action in r.actions), _name, _among),
    "kind": Criterion(kind_of, _one_of(*KINDS), _same),
    "refund": Criterion(lambda r: r.refund.value if r.refund else None, _one_of(*_REFUND_NAMES), _same),
    "refund_to": Criterion(lambda r: r.refund_to, account_id_of, _same),
    "status": Criterion(status_of, _one_of(*STATUSES), _same),
    "failure": Criterion(lambda r: r.how_failed, wanted_failure, _failure),
    "panic": Criterion(lambda r: r.how_failed.text if isinstance(r.how_failed, ContractPanic) else None, _want_text, _text),
    "message": Criterion(lambda r: r.how_failed.message if r.how_failed else None, _want_text, _text),
    "log": Criterion(lambda r: r.logs, lambda v: [_want_text(t) for t in (v if isinstance(v, (list, tuple)) else [v])], _texts),
    "event": Criterion(lambda r: r.events, _want_event, _event),
    "value": Criterion(lambda r: r.value, _json, _value),
    "args": Criterion(lambda r: tuple(action.args for action in r.actions if action.method), _json, _args),
    "deposit": Criterion(lambda r: r.deposit, _quantities(to_amount), _quantity),
    "gas": Criterion(lambda r: r.gas, _quantities(to_gas), _quantity),
    "gas_burnt": Criterion(lambda r: r.gas_burnt, _quantities(to_gas), _quantity),
    "callback_of": Criterion(lambda r: r.callback_of, _want_receipt, _among),
    "data_to": Criterion(lambda r: tuple(to for _, to in r.output_data), account_id_of, _among),
}


def criterion(name: str) -> Criterion:
    """Return a criterion by its name.

    :raises BadInput: where there is none, naming those that come near.
    """
    if name not in CRITERIA:
        close = difflib.get_close_matches(name, CRITERIA, n=2, cutoff=0.5)
        hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(CRITERIA)}"
        raise BadInput(f"unknown criterion {name!r}; {hint}")
    return CRITERIA[name]
