"""Arguments to try: a few values for each parameter, from its JSON schema and its name, the likeliest first.

They only decide what is tried; what is found is shown by running.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from near_harness.audit.borsh_samples import borsh_samples
from near_harness.contract.abi import Method, Parameter
from near_harness.contract.arguments import encode_arguments
from near_harness.contract.borsh import BorshType
from near_harness.errors import InvalidArguments
from near_harness.keys import KeyPair

_ONE_NEAR = str(10**24)
_CONTRACT_NAMES = (
    "contract", "pool", "token", "callee", "oracle", "target", "factory", "registry", "market", "exchange", "clerk", "till",
)  # fmt: skip
"""Words in the names of parameters that mean another contract; other accounts are users first."""
_PUBLIC_KEYS = tuple(str(KeyPair.from_seed(seed).public_key) for seed in ("audit", "audit 2"))
_MANY = 50
_DEEPEST = 6
_MOST_FOR_A_TYPE = 10
_BITS = {"uint8": 8, "uint16": 16, "uint32": 32, "int8": 7, "int16": 15, "int32": 31}


@dataclass(frozen=True)
class Samples:
    """What to try as arguments of one contract's methods. ``users``, ``contracts`` and ``audited`` are account ids."""

    definitions: Mapping[str, Any]
    users: tuple[str, ...]
    contracts: tuple[str, ...]
    audited: str
    seed: int = 0

    def arguments(self, method: Method, most: int) -> Iterator[dict[str, Any]]:
        """Yield up to ``most`` different arguments: the first values, then one parameter after another varied, then mixtures."""
        names = [parameter.name for parameter in method.parameters or ()]
        choices = [self.values(parameter) for parameter in method.parameters or ()]
        for number, combination in enumerate(self._combinations(method.name, choices)):
            if number >= most:
                return
            yield {name: value for name, value in zip(names, combination, strict=True) if value is not _LEFT_OUT}

    def encoded(self, method: Method, most: int) -> Iterator[bytes]:
        """Yield the same as a contract reads them; those that do not fit the schemas are left out."""
        for args in self.arguments(method, most):
            with suppress(InvalidArguments):
                yield encode_arguments(args, method.name) if method.json else method.encode((), args)

    def of_schema(self, schema: Any) -> list[Any]:
        """The values for a JSON schema that belongs to no parameter."""
        return _unique(self._of(schema, "", 0))[:_MOST_FOR_A_TYPE]

    def values(self, parameter: Parameter) -> list[Any]:
        """The values for a parameter."""
        name = parameter.name.lower()
        if isinstance(parameter.schema, BorshType):
            return borsh_samples(parameter.schema, self._ids(name))
        found = _unique(self._of(parameter.schema, name, 0))[:_MOST_FOR_A_TYPE]
        return [_LEFT_OUT, *(value for value in found if value is not None)] if parameter.optional else found

    def _combinations(self, name: str, choices: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
        seen: set[str] = set()
        mixed = random.Random(f"{self.seed} {name}")  # noqa: S311 - a choice of what to try, the same each time
        for combination in itertools.chain(_one_by_one(choices), _mixtures(choices, mixed)):
            key = repr(combination)
            if key not in seen:
                seen.add(key)
                yield combination

    def _of(self, schema: Any, name: str, depth: int) -> Sequence[Any]:  # noqa: PLR0911 - a form of a schema each
        if not isinstance(schema, Mapping) or not schema or depth > _DEEPEST:
            return (*_keys(name), "1", *self._ids(name), 1, True, _ONE_NEAR, None, [], {}) if not depth else (None, "1", 1, {})
        if "$ref" in schema:
            target = schema["$ref"].rpartition("/")[2]
            if target == "PublicKey":
                return _PUBLIC_KEYS
            return self._ids(name) if target == "AccountId" else self._of(self.definitions.get(target), name, depth + 1)
        if "const" in schema:
            return (schema["const"],)
        if "enum" in schema:
            return tuple(schema["enum"])
        several = schema.get("anyOf") or schema.get("oneOf")
        if several:
            return _in_turn([self._of(part, name, depth + 1) for part in several])
        if len(schema.get("allOf", ())) == 1:
            return self._of(schema["allOf"][0], name, depth + 1)
        kinds = schema.get("type")
        if isinstance(kinds, list):
            return [value for kind in kinds for value in self._of({**schema, "type": kind}, name, depth + 1)]
        return self._of_type(kinds, schema, name, depth)

    def _of_type(self, kind: object, schema: Mapping[str, Any], name: str, depth: int) -> Sequence[Any]:
        if kind == "array":
            return self._arrays(schema, name, depth)
        if kind == "object":
            return self._objects(schema, depth)
        if kind == "integer":
            most = 2 ** _BITS.get(str(schema.get("format")), 53) - 1
            least = int(schema.get("minimum", 0))
            return [value for value in (1, 0, 2, 10, 1_000_000) if least <= value <= most] or [least]
        simple = {"null": (None,), "boolean": (False, True), "number": (1.0, 0.0)}
        if kind in simple:
            return simple[str(kind)]
        return self._texts(schema, name)

    def _texts(self, schema: Mapping[str, Any], name: str) -> Sequence[str]:
        if str(schema.get("description", "")).startswith("NEAR Account Identifier"):
            return self._ids(name)
        if schema.get("contentEncoding") == "base64":
            return ("", "AQ==", "e30=")  # nothing, a byte, and {} for a method that is called with it
        may_be_a_key = _PUBLIC_KEYS[:1] if name in ("key", "keys") else ()
        return (*_keys(name), "1", *may_be_a_key, _ONE_NEAR, "1000", "0", *self.users[:1], "text")

    def _ids(self, name: str) -> Sequence[str]:
        means_a_contract = any(word in _CONTRACT_NAMES for word in name.split("_"))
        first, second = (self.contracts, self.users) if means_a_contract else (self.users, self.contracts)
        return (*first, *second, self.audited)

    def _arrays(self, schema: Mapping[str, Any], name: str, depth: int) -> Sequence[list[Any]]:
        items = schema.get("items")
        if isinstance(items, list):
            return [list(values) for values in _one_by_one([list(self._of(item, name, depth + 1)) for item in items])]
        least = int(schema.get("minItems", 0))
        found = [[value] * max(least, 1) for value in self._of(items, name, depth + 1)[:3]]
        most = int(schema.get("maxItems", _MANY))
        if most >= _MANY and isinstance(items, Mapping) and items.get("type") in ("integer", "string"):
            many = range(100, 100 + _MANY)
            found.insert(1, [number if items["type"] == "integer" else str(number) for number in many])
        return [*found, *([] if least else [[]])]

    def _objects(self, schema: Mapping[str, Any], depth: int) -> Sequence[dict[str, Any]]:
        parts = schema.get("properties", {})
        wanted = [key for key in parts if key in schema.get("required", ())]
        choices = [list(self._of(parts[key], key.lower(), depth + 1)) for key in wanted]
        return [dict(zip(wanted, values, strict=True)) for values in itertools.islice(_one_by_one(choices), _MOST_FOR_A_TYPE)]


def _keys(name: str) -> tuple[str, ...]:
    """Public keys, where the name of a parameter means one: near-sdk's ABI says no more than that it is text."""
    joined = name.replace("_", "").removesuffix("s")
    return _PUBLIC_KEYS if joined.endswith(("publickey", "pubkey")) or name.rsplit("_", maxsplit=1)[-1] in ("pk", "pks") else ()


class _LeftOut:
    def __repr__(self) -> str:
        return "left out"


_LEFT_OUT = _LeftOut()
"""Stands for an optional parameter that is not given."""


def _one_by_one(choices: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    first = tuple(values[0] for values in choices)
    yield first
    for place, values in enumerate(choices):
        for value in values[1:]:
            yield (*first[:place], value, *first[place + 1 :])


def _in_turn(choices: Sequence[Sequence[Any]]) -> list[Any]:
    """The first of each, then the second of each, and so on: few are tried, and each variant of an enum should be among them."""
    columns = itertools.zip_longest(*choices, fillvalue=_LEFT_OUT)
    return [value for column in columns for value in column if value is not _LEFT_OUT]


def _mixtures(choices: list[list[Any]], mixed: random.Random) -> Iterator[tuple[Any, ...]]:
    count = 1
    for values in choices:
        count *= len(values)
    for _ in range(min(4 * count, 1000)):
        yield tuple(mixed.choice(values) for values in choices)


def _unique(values: Sequence[Any]) -> list[Any]:
    return list({repr(value): value for value in values}.values())
