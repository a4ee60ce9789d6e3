"""Whether a transaction did what was recorded: result, receipts, logs; and, told apart from these, what it cost.

Gas and what it costs are the same on every kind of node that runs the same protocol version and has the same state, and may be
others with another version; so may refunds of gas, and amounts that stand in a refusal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from near_harness.outcome.failures import parse_failure

_BEHAVIOUR = ("from", "to", "does", "made_by", "refund", "deposit", "status", "logs")
_COST = ("gas_burnt", "tokens_burnt")


@dataclass(frozen=True)
class Difference:
    """One thing that is not as recorded. ``receipt`` is its place in the tree, from 1 on, None for the transaction itself.

    ``cost`` is about gas and money for gas only: another protocol version may bring it. Where gas cannot be the same it is not
    ``compared``.
    """

    step: int
    what: str
    receipt: int | None
    field: str
    expected: Any
    seen: Any
    cost: bool = False
    compared: bool = True

    def as_json(self) -> dict[str, Any]:
        """The difference as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        place = "" if self.receipt is None else f", receipt #{self.receipt}"
        return (
            f"step {self.step}, {self.what}{place}: {self.field}: {_short(self.expected)} was recorded, {_short(self.seen)} came"
        )


def differences(step: int, what: str, expected: dict[str, Any], seen: dict[str, Any]) -> Iterator[Difference]:
    """Compare what came of a step with what was recorded, behaviour before cost."""
    for receipt, field, before, now, cost in sorted(_compare(expected, seen), key=lambda found: found[-1]):
        yield Difference(step, what, receipt, field, before, now, cost)


_Found = tuple["int | None", str, Any, Any, bool]


def _compare(expected: dict[str, Any], seen: dict[str, Any]) -> Iterator[_Found]:
    if "receipts" not in expected or "receipts" not in seen:
        yield from _compare_ends(expected, seen)
        return
    if _status(expected["status"]) != _status(seen["status"]):
        yield None, "result", expected["status"], seen["status"], False
    before, now = _without_gas_refunds(expected["receipts"]), _without_gas_refunds(seen["receipts"])
    for place, (old, new) in enumerate(zip(before, now, strict=False), 1):
        yield from _compare_receipts(place, old, new)
    if len(before) != len(now):
        yield min(len(before), len(now)) + 1, "receipts", f"{len(before)} receipts", f"{len(now)} receipts", False
    if len(expected["receipts"]) - len(before) != len(seen["receipts"]) - len(now):
        yield None, "refunds of gas", len(expected["receipts"]) - len(before), len(seen["receipts"]) - len(now), True
    for field in _COST:
        if expected.get(field) != seen.get(field):
            yield None, field, expected.get(field), seen.get(field), True


def _compare_receipts(place: int, old: dict[str, Any], new: dict[str, Any]) -> Iterator[_Found]:
    for field in _BEHAVIOUR:
        left, right = old.get(field), new.get(field)
        if (_status(left) != _status(right)) if field == "status" else left != right:
            yield place, field, left, right, False
            break
    for field in _COST:
        if old.get(field) != new.get(field):
            yield place, field, old.get(field), new.get(field), True


def _compare_ends(expected: dict[str, Any], seen: dict[str, Any]) -> Iterator[_Found]:
    """Where at least one side has no receipts: a refusal, an error, a view."""
    both_refused = "refused" in expected and "refused" in seen
    if both_refused and _failure(expected["refused"]) == _failure(seen["refused"]):
        if expected != seen:
            yield None, "refusal", expected["refused"], seen["refused"], True
    elif expected != seen:
        yield None, "result", _end(expected), _end(seen), False


def _end(one: dict[str, Any]) -> Any:
    return one["status"] if "receipts" in one else one


def _without_gas_refunds(receipts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The other receipts, their places counted anew."""
    places: dict[Any, int] = {}
    for old, receipt in enumerate(receipts, 1):
        if receipt.get("refund") != "gas":
            places[old] = len(places) + 1
    found = []
    for receipt in receipts:
        if receipt.get("refund") == "gas":
            continue
        one = dict(receipt)
        if "made_by" in one:
            one["made_by"] = places.get(one["made_by"])
        if isinstance(one.get("status"), dict) and "result_of" in one["status"]:
            one["status"] = {"result_of": places.get(one["status"]["result_of"])}
        found.append(one)
    return found


def _status(status: Any) -> Any:
    """A status without the figures in its failure, which depend on the price of gas."""
    return {"failure": _failure(status["failure"])} if isinstance(status, dict) and "failure" in status else status


def _failure(raw: Any) -> tuple[Any, ...]:
    failure = parse_failure(raw)
    return (*failure.path, failure.action_index, failure.fields if isinstance(failure.fields, str) else None)


def _short(value: Any) -> str:
    if isinstance(value, dict) and ("failure" in value or "refused" in value):
        return parse_failure(value.get("failure") or value.get("refused")).message
    text = str(value)
    return text if len(text) <= 200 else text[:200] + " …"
