"""Values to try of a type in borsh: the simplest of each part, then other variants and lengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from near_harness.contract.borsh import BorshType

_DEEPEST = 8
_MOST = 6


def borsh_samples(kind: BorshType, ids: Sequence[str]) -> list[Any]:
    """Return some values; texts that are account ids are ``ids``. None where the schema does not say what it is."""
    return _of(kind, kind.declaration, ids, 0)[:_MOST]


def _of(kind: BorshType, declaration: str, ids: Sequence[str], depth: int) -> list[Any]:
    found = kind.definitions.get(declaration)
    if not isinstance(found, dict) or depth > _DEEPEST:
        return [None]
    ((name, body),) = found.items()
    makers: dict[str, Callable[..., list[Any]]] = {
        "Primitive": _primitives, "Sequence": _sequences, "Tuple": _tuples, "Enum": _enums, "Struct": _structs,
    }  # fmt: skip
    return makers[name](kind, declaration, body, ids, depth) if name in makers else [None]


def _primitives(_kind: BorshType, declaration: str, size: int, _ids: Sequence[str], _depth: int) -> list[Any]:
    if size == 0:
        return [None]
    if declaration == "bool":
        return [False, True]
    return [1.0] if declaration in ("f32", "f64") else [1, 0, 100]


def _sequences(kind: BorshType, declaration: str, body: Any, ids: Sequence[str], depth: int) -> list[Any]:
    if declaration == "AccountId" or declaration.endswith("String"):
        return ["text", *ids]
    least, most = body["length_range"]["start"], body["length_range"]["end"]
    items = _of(kind, body["elements"], ids, depth + 1)
    return [[items[0]] * max(least, min(1, most)), [items[0]] * least]


def _tuples(kind: BorshType, _declaration: str, body: list[str], ids: Sequence[str], depth: int) -> list[Any]:
    return [list(values) for values in _together(kind, body, ids, depth)]


def _enums(kind: BorshType, declaration: str, body: Any, ids: Sequence[str], depth: int) -> list[Any]:
    option = declaration.startswith("Option<")
    values: list[Any] = []
    for _, variant, of_variant in body["variants"]:
        inner = _of(kind, of_variant, ids, depth + 1)[:2]
        values += (
            ([None] if variant == "None" else inner) if option else [variant if one is None else {variant: one} for one in inner]
        )
    return values


def _structs(kind: BorshType, declaration: str, body: Any, ids: Sequence[str], depth: int) -> list[Any]:
    if declaration == "AccountId":
        return list(ids)
    fields = body or []
    if not fields:
        return [None]
    named = not isinstance(fields[0], str)
    made = _together(kind, [field[1] if named else field for field in fields], ids, depth)
    if not named:
        return [values[0] if len(values) == 1 else list(values) for values in made]
    return [dict(zip([field[0] for field in fields], values, strict=True)) for values in made]


def _together(kind: BorshType, parts: Sequence[str], ids: Sequence[str], depth: int) -> list[tuple[Any, ...]]:
    """The first value of each part, and then the second of each."""
    choices = [_of(kind, part, ids, depth + 1) for part in parts]
    return [tuple(values[min(turn, len(values) - 1)] for values in choices) for turn in range(2)]
