"""Values in borsh, as a schema describes them: arguments and results of contracts, and the rows of their state.

A contract's ABI carries the schema of each borsh type (borsh's ``BorshSchemaContainer``, in the JSON of near-abi 0.4). In
Python a struct is a dict (a list where its fields have no names, the field itself where it is the only one), an enum the name
of a variant or ``{name: fields}``, an ``Option`` the value or None, a map a dict, any other sequence a list, bytes are bytes,
near-sdk's ``NearToken`` and ``Gas`` are the harness's units.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from near_harness.errors import BadInput, InvalidArguments
from near_harness.units import Amount, Gas

_FLOATS = {"f32": "<f", "f64": "<d"}
_MAPS = ("HashMap<", "BTreeMap<", "IndexMap<")
_TEXTS = {"String": "utf-8", "AsciiString": "ascii"}
_UNITS: Mapping[str, Callable[[int], Any]] = {"NearToken": Amount, "NearGas": Gas, "Gas": Gas}
_DEEPEST = 64


@dataclass(frozen=True)
class BorshType:
    """A type and the definitions of everything in it.

    :raises BadInput: from :meth:`decode` and, as :class:`InvalidArguments`, from :meth:`encode`, where the schema itself is none.
    """

    declaration: str
    definitions: Mapping[str, Any]

    @classmethod
    def of(cls, container: Any) -> BorshType:
        """Read a ``BorshSchemaContainer`` in its JSON form.

        :raises BadInput: where it is none.
        """
        match container:
            case {"declaration": str(declaration), "definitions": Mapping() as definitions}:
                return cls(declaration, definitions)
        raise BadInput(f"{container!r} is no schema of borsh")

    def named(self, declaration: str) -> BorshType:
        """Another type of the same definitions.

        :raises BadInput: where they have none of this name; the text lists them.
        """
        if declaration not in self.definitions:
            raise BadInput(f"no borsh type {declaration!r}; there are {', '.join(sorted(self.definitions))}")
        return BorshType(declaration, self.definitions)

    def encode(self, value: Any, place: str = "the value") -> bytes:
        """Write a value.

        :raises InvalidArguments: where it is not of the type; the text begins with ``place`` and the way to the part.
        """
        return b"".join(_Writer(self.definitions).write(self.declaration, value, place, 0))

    def decode(self, data: bytes) -> Any:
        """Read a value; usable as the function of :meth:`near_harness.ledger.state.StateChange.decoded`.

        :raises BadInput: where the bytes are not a value of the type, or more than one.
        """
        reader = _Reader(self.definitions, data)
        value = reader.read(self.declaration, 0)
        if reader.at != len(data):
            raise BadInput(f"{len(data) - reader.at} of {len(data)} bytes are left after a value of {self.declaration}")
        return value


@dataclass(frozen=True)
class _Kind:
    """One definition: its kind, what it holds, and whose it is."""

    name: str
    body: Any


class _Schema:
    """The definitions of a container, looked up by their declarations."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions

    def kind(self, declaration: str, depth: int) -> _Kind:
        """What a declaration stands for.

        :raises BadInput: where the schema does not say, or never ends.
        """
        found = self._definitions.get(declaration)
        if depth > _DEEPEST:
            raise BadInput(f"the schema of {declaration} is nested more than {_DEEPEST} times")
        if not isinstance(found, Mapping) or len(found) != 1:
            raise BadInput(f"the schema does not say what {declaration} is")
        ((name, body),) = found.items()
        return _Kind(name, body)

    def is_bytes(self, body: Mapping[str, Any]) -> bool:
        """Whether a sequence is of bytes."""
        return bool(body["elements"] == "u8")

    def pairs(self, declaration: str, body: Mapping[str, Any]) -> bool:
        """Whether a sequence is that of a map."""
        return declaration.startswith(_MAPS) and "Tuple" in self._definitions.get(body["elements"], {})


def _fields(body: Any) -> tuple[tuple[str | None, str], ...]:
    """The fields of a struct: names (None where they have none) and declarations."""
    return tuple((None, field) if isinstance(field, str) else (field[0], field[1]) for field in body or ())


class _Writer(_Schema):
    def write(self, declaration: str, value: Any, place: str, depth: int) -> Iterator[bytes]:
        kind = self.kind(declaration, depth)
        writers: dict[str, Callable[..., Iterator[bytes]]] = {
            "Primitive": self._primitive,
            "Sequence": self._sequence,
            "Tuple": self._tuple,
            "Enum": self._enum,
            "Struct": self._struct,
        }
        if kind.name not in writers:
            raise InvalidArguments(f"{place}: the schema has an unknown kind {kind.name} for {declaration}")
        yield from writers[kind.name](declaration, kind.body, value, place, depth)

    def _primitive(self, declaration: str, size: int, value: Any, place: str, _depth: int) -> Iterator[bytes]:
        if size == 0:
            _expect(value is None or value in ({}, (), []), place, value, "nothing (None)")
        elif declaration == "bool":
            _expect(isinstance(value, bool), place, value, "true or false")
            yield bytes([value])
        elif declaration in _FLOATS:
            _expect(isinstance(value, (int, float)) and not isinstance(value, bool), place, value, "a number")
            try:
                _expect(not math.isnan(value), place, value, "a number (borsh has no NaN)")
                yield struct.pack(_FLOATS[declaration], value)
            except OverflowError:
                raise InvalidArguments(f"{place}: {value} does not fit {declaration}") from None
        else:
            signed = declaration.removeprefix("NonZero").lower().startswith("i")
            _expect(isinstance(value, int) and not isinstance(value, bool), place, value, f"a whole number ({declaration})")
            try:
                yield int(value).to_bytes(size, "little", signed=signed)
            except OverflowError:
                raise InvalidArguments(f"{place}: {value} does not fit {declaration}") from None

    def _sequence(self, declaration: str, body: Mapping[str, Any], value: Any, place: str, depth: int) -> Iterator[bytes]:
        width, bounds = body["length_width"], body["length_range"]
        if declaration in _TEXTS:
            _expect(isinstance(value, str) or isinstance(getattr(value, "id", None), str), place, value, "text")
            text = getattr(value, "id", value)
            try:
                items: Any = text.encode(_TEXTS[declaration])
            except UnicodeEncodeError:
                raise InvalidArguments(f"{place}: {text!r} is no text in {_TEXTS[declaration]}, as {declaration} is") from None
        elif self.is_bytes(body) and isinstance(value, (bytes, bytearray)):
            items = bytes(value)
        elif self.pairs(declaration, body) and isinstance(value, Mapping):
            items = list(value.items()) if declaration.startswith("IndexMap<") else _in_order(value.items())
        else:
            _expect(isinstance(value, (list, tuple, set, frozenset)), place, value, f"a list ({declaration})")
            items = _in_order(value) if isinstance(value, (set, frozenset)) else value
        if not bounds["start"] <= len(items) <= bounds["end"]:
            raise InvalidArguments(f"{place}: {len(items)} elements, but {declaration} has {_range(bounds)}")
        if width:
            yield len(items).to_bytes(width, "little")
        if isinstance(items, bytes):
            yield items
            return
        for index, item in enumerate(items):
            yield from self.write(body["elements"], item, f"{place}[{index}]", depth + 1)

    def _tuple(self, declaration: str, body: list[str], value: Any, place: str, depth: int) -> Iterator[bytes]:
        _expect(isinstance(value, (list, tuple)) and len(value) == len(body), place, value, f"{len(body)} values, {declaration}")
        for index, (element, item) in enumerate(zip(body, value, strict=True)):
            yield from self.write(element, item, f"{place}[{index}]", depth + 1)

    def _enum(self, declaration: str, body: Mapping[str, Any], value: Any, place: str, depth: int) -> Iterator[bytes]:
        if declaration.startswith("Option<"):
            name, inner = ("None", None) if value is None else ("Some", value)
        elif isinstance(value, Mapping) and len(value) == 1:
            ((name, inner),) = value.items()
        else:
            name, inner = value, None
        for tag, variant, of_variant in body["variants"]:
            if variant == name:
                yield int(tag).to_bytes(body["tag_width"], "little", signed=tag < 0)
                yield from self.write(of_variant, inner, f"{place}.{name}" if declaration[:7] != "Option<" else place, depth + 1)
                return
        names = ", ".join(variant for _, variant, _ in body["variants"])
        raise InvalidArguments(f"{place}: {value!r} is no variant of {declaration}; those are {names}")

    def _struct(self, declaration: str, body: Any, value: Any, place: str, depth: int) -> Iterator[bytes]:
        fields = _fields(body)
        if len(fields) == 1 and (fields[0][0] is None or not isinstance(value, Mapping)):
            yield from self.write(fields[0][1], value, place, depth + 1)
        elif not fields:
            _expect(value is None or value in ({}, (), []), place, value, "nothing (None)")
        elif fields[0][0] is None:
            yield from self._tuple(declaration, [of_field for _, of_field in fields], value, place, depth)
        else:
            _expect(isinstance(value, Mapping), place, value, f"a dict with {', '.join(str(name) for name, _ in fields)}")
            names = [name for name, _ in fields]
            unknown = [name for name in value if name not in names]
            missing = [name for name in names if name not in value]
            if unknown or missing:
                wrong = f"unknown field {unknown[0]!r}" if unknown else f"missing field {missing[0]!r}"
                raise InvalidArguments(f"{place}: {wrong}; {declaration} has {', '.join(map(str, names))}")
            for name, of_field in fields:
                yield from self.write(of_field, value[name], f"{place}.{name}", depth + 1)


class _Reader(_Schema):
    def __init__(self, definitions: Mapping[str, Any], data: bytes) -> None:
        super().__init__(definitions)
        self._data, self.at = data, 0

    def read(self, declaration: str, depth: int) -> Any:
        kind = self.kind(declaration, depth)
        readers: dict[str, Callable[..., Any]] = {
            "Primitive": self._primitive,
            "Sequence": self._sequence,
            "Tuple": self._tuple,
            "Enum": self._enum,
            "Struct": self._struct,
        }
        if kind.name not in readers:
            raise BadInput(f"the schema has an unknown kind {kind.name} for {declaration}")
        return readers[kind.name](declaration, kind.body, depth)

    def _take(self, size: int, declaration: str) -> bytes:
        if self.at + size > len(self._data):
            raise BadInput(f"the bytes end inside a value of {declaration}: {size} wanted, {len(self._data) - self.at} left")
        self.at += size
        return self._data[self.at - size : self.at]

    def _primitive(self, declaration: str, size: int, _depth: int) -> Any:
        taken = self._take(size, declaration)
        if size == 0:
            return None
        if declaration == "bool":
            if taken not in (b"\0", b"\1"):
                raise BadInput(f"{taken[0]} is no bool")
            return taken == b"\1"
        if declaration in _FLOATS:
            return struct.unpack(_FLOATS[declaration], taken)[0]
        return int.from_bytes(taken, "little", signed=declaration.removeprefix("NonZero").lower().startswith("i"))

    def _sequence(self, declaration: str, body: Mapping[str, Any], depth: int) -> Any:
        width, bounds = body["length_width"], body["length_range"]
        length = int.from_bytes(self._take(width, declaration), "little") if width else bounds["start"]
        if not bounds["start"] <= length <= bounds["end"]:
            raise BadInput(f"{length} elements, but {declaration} has {_range(bounds)}")
        if self.is_bytes(body):
            taken = self._take(length, declaration)
            try:
                return taken.decode(_TEXTS[declaration]) if declaration in _TEXTS else taken
            except UnicodeDecodeError:
                raise BadInput(f"a value of {declaration} is no text: {taken!r}") from None
        items = []
        for _ in range(length):
            before = self.at
            items.append(self.read(body["elements"], depth + 1))
            if self.at == before and length > len(self._data):
                raise BadInput(f"{length} elements of {declaration} that take no bytes")
        return dict(items) if self.pairs(declaration, body) else items

    def _tuple(self, _declaration: str, body: list[str], depth: int) -> Any:
        return tuple(self.read(element, depth + 1) for element in body)

    def _enum(self, declaration: str, body: Mapping[str, Any], depth: int) -> Any:
        tag = int.from_bytes(self._take(body["tag_width"], declaration), "little")
        for value, variant, of_variant in body["variants"]:
            if value % (1 << 8 * body["tag_width"]) == tag:
                inner = self.read(of_variant, depth + 1)
                if declaration.startswith("Option<"):
                    return inner
                return variant if inner is None else {variant: inner}
        raise BadInput(f"{tag} is the tag of no variant of {declaration}")

    def _struct(self, declaration: str, body: Any, depth: int) -> Any:
        fields = _fields(body)
        if not fields:
            return None
        if declaration in _UNITS and len(fields) == 1:
            return _UNITS[declaration](self.read(fields[0][1], depth + 1))
        if fields[0][0] is not None:
            return {name: self.read(of_field, depth + 1) for name, of_field in fields}
        values = [self.read(of_field, depth + 1) for _, of_field in fields]
        return values[0] if len(values) == 1 else values


def _expect(right: bool, place: str, value: Any, wanted: str) -> None:
    if not right:
        raise InvalidArguments(f"{place}: {value!r} is given, but {wanted} is wanted")


def _in_order(items: Iterable[Any]) -> list[Any]:
    """As borsh writes what has no order of its own; what cannot be put in order is written, or refused, as it comes."""
    given = list(items)
    try:
        return sorted(given)
    except TypeError:
        return given


def _range(bounds: Mapping[str, int]) -> str:
    return str(bounds["start"]) if bounds["start"] == bounds["end"] else f"{bounds['start']} to {bounds['end']}"
