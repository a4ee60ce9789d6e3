"""A contract in which some methods are others: everything else in it stays as it is, byte for byte.

New functions come behind those that are there, so no number changes. They can call only the host functions that the contract
imports already: another import would move the numbers of all functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from near_harness.assembly.instructions import Ref, unsigned
from near_harness.assembly.module import (
    CODE,
    DATA,
    DATA_COUNT,
    EXPORTS,
    FUNCTIONS,
    IMPORTS,
    MAGIC,
    MEMORY_PAGES,
    PAGE,
    TYPES,
    Data,
    Function,
    named,
    section,
)
from near_harness.contract.wasm import read_name, read_number, sections
from near_harness.errors import CannotGraft, InvalidContractCode

ROOM = PAGE
WINDOW = MEMORY_PAGES * PAGE - ROOM
"""The address of the last page of the memory that a contract has at its start: a heap gets there last."""
_FUNCTION = 0
_ORDER = (TYPES, IMPORTS, FUNCTIONS, 4, 5, 6, EXPORTS, 8, 9, DATA_COUNT, CODE, DATA)
"""The order of the sections in a module; those of kind 0 may be anywhere."""

_LISTS = (TYPES, FUNCTIONS, DATA_COUNT, CODE, DATA)
"""Sections that begin with a number, besides those that are read."""
_NONE = b"\x00"
"""The content of a section without items."""


@dataclass(frozen=True)
class _Parts:
    """What a contract consists of, as far as a graft needs to know."""

    sections: tuple[tuple[int, bytes], ...]
    imports: Mapping[str, int]
    imported: int
    exports: tuple[tuple[str, int, int], ...]

    def content(self, kind: int) -> bytes:
        """The content of the section of a kind; that of an empty list where there is none."""
        return next((content for known, content in self.sections if known == kind), _NONE)


def original(method: str) -> Ref:
    """Name what a method of the contract was before, to call it."""
    return Ref(f"original {method}")


def host_functions(contract: bytes) -> frozenset[str]:
    """Return the names of the host functions that a contract imports.

    :raises InvalidContractCode: where it cannot be read.
    """
    return frozenset(_read(contract).imports)


def graft(contract: bytes, methods: Mapping[str, Function | None], data: Data) -> bytes:
    """Return a contract whose ``methods`` are other functions; None takes a method away.

    :raises CannotGraft: where it lacks a method, or a host function that a new one calls.
    :raises InvalidContractCode: where it cannot be read.
    """
    parts = _read(contract)
    functions = {name: number for name, kind, number in parts.exports if kind == _FUNCTION}
    for name in methods:
        if name not in functions:
            raise CannotGraft(f"the contract has no method {name!r}; it has {', '.join(sorted(functions)) or 'none'}")
    numbers = {**parts.imports, **{original(name).name: number for name, number in functions.items()}}
    added = {name: function for name, function in methods.items() if function is not None}
    for name, function in added.items():
        missing = sorted(function.refers_to() - numbers.keys())
        if missing:
            raise CannotGraft(f"{name}: the contract does not import {', '.join(missing)}, which the new method calls")
    first_type = read_number(parts.content(TYPES), 0)[0]
    first = parts.imported + read_number(parts.content(FUNCTIONS), 0)[0]
    places = {name: first + index for index, name in enumerate(added)}
    exports = [
        named(name) + bytes([kind]) + unsigned(places.get(name, number) if kind == _FUNCTION else number)
        for name, kind, number in parts.exports
        if not (kind == _FUNCTION and name in methods and methods[name] is None)
    ]
    parts = _with(parts, EXPORTS, unsigned(len(exports)) + b"".join(exports))
    parts = _longer(parts, TYPES, [function.type for function in added.values()])
    parts = _longer(parts, FUNCTIONS, [unsigned(first_type + index) for index in range(len(added))])
    parts = _longer(parts, CODE, [function.body(numbers) for function in added.values()])
    segment = data.segment()
    if segment:
        parts = _longer(parts, DATA, [segment])
        if any(kind == DATA_COUNT for kind, _ in parts.sections):
            parts = _with(parts, DATA_COUNT, unsigned(read_number(parts.content(DATA_COUNT), 0)[0] + 1))
    return MAGIC + b"".join(section(kind, content) for kind, content in parts.sections)


def _read(contract: bytes) -> _Parts:
    try:
        found = tuple((kind, contract[start:end]) for kind, start, end in sections(contract))
        by_kind = dict(found)
        for kind in _LISTS:
            read_number(by_kind.get(kind, _NONE), 0)
        imports, imported = _imports(by_kind.get(IMPORTS, _NONE))
        return _Parts(found, imports, imported, _exports(by_kind.get(EXPORTS, _NONE)))
    except (IndexError, UnicodeDecodeError):
        raise InvalidContractCode("the contract is damaged: its sections end before their time") from None


def _imports(content: bytes) -> tuple[dict[str, int], int]:
    """The numbers of the host functions, and how many functions are imported."""
    found: dict[str, int] = {}
    functions = 0
    count, at = read_number(content, 0)
    for _ in range(count):
        module, at = read_name(content, at)
        name, at = read_name(content, at)
        if content[at] != _FUNCTION:
            raise CannotGraft(f"the contract imports {module}.{name}, which is no function")
        _, at = read_number(content, at + 1)
        found[name] = functions
        functions += 1
    return found, functions


def _exports(content: bytes) -> tuple[tuple[str, int, int], ...]:
    found = []
    count, at = read_number(content, 0)
    for _ in range(count):
        name, at = read_name(content, at)
        number, behind = read_number(content, at + 1)
        found.append((name, content[at], number))
        at = behind
    return tuple(found)


def _with(parts: _Parts, kind: int, content: bytes) -> _Parts:
    """Another content for a section, which is put where it belongs if there is none."""
    if any(known == kind for known, _ in parts.sections):
        return replace(parts, sections=tuple((k, content if k == kind else old) for k, old in parts.sections))
    later = _ORDER[_ORDER.index(kind) + 1 :]
    at = next((i for i, (known, _) in enumerate(parts.sections) if known in later), len(parts.sections))
    return replace(parts, sections=(*parts.sections[:at], (kind, content), *parts.sections[at:]))


def _longer(parts: _Parts, kind: int, items: list[bytes]) -> _Parts:
    """More items at the end of a section that is a list."""
    if not items:
        return parts
    old = parts.content(kind)
    count, at = read_number(old, 0)
    return _with(parts, kind, unsigned(count + len(items)) + old[at:] + b"".join(items))
