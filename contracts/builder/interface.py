"""What a compiled contract offers and needs, read from the wasm itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .machine import BuildError

_IMPORTS, _EXPORTS = 2, 7
_FUNCTION, _TABLE, _MEMORY, _GLOBAL = range(4)


@dataclass(frozen=True)
class Interface:
    """Names of functions: those that can be called, and those that the chain must provide."""

    exports: frozenset[str]
    imports: frozenset[str]


def read(wasm: bytes) -> Interface:
    """The functions that a wasm module exports and imports."""
    if wasm[:8] != b"\0asm\1\0\0\0":
        raise BuildError("not a wasm module of version 1")
    exports: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    for kind, section in _sections(_Reader(wasm, 8)):
        if kind == _IMPORTS:
            imports = frozenset(_imported_functions(section))
        elif kind == _EXPORTS:
            exports = frozenset(_exported_functions(section))
    return Interface(exports, imports)


class _Reader:
    """Reads the wasm binary format's numbers and names, one after the other."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self._data, self._position = data, position

    @property
    def at_end(self) -> bool:
        return self._position >= len(self._data)

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def take(self, length: int) -> bytes:
        taken = self._data[self._position : self._position + length]
        if len(taken) != length:
            raise BuildError("the wasm module ends too early")
        self._position += length
        return taken

    def name(self) -> str:
        return self.take(self.number()).decode()


def _sections(reader: _Reader) -> Iterator[tuple[int, _Reader]]:
    while not reader.at_end:
        kind = reader.byte()
        yield kind, _Reader(reader.take(reader.number()))


def _exported_functions(section: _Reader) -> Iterator[str]:
    for _ in range(section.number()):
        name, kind = section.name(), section.byte()
        section.number()
        if kind == _FUNCTION:
            yield name


def _imported_functions(section: _Reader) -> Iterator[str]:
    for _ in range(section.number()):
        section.name()
        name, kind = section.name(), section.byte()
        if kind == _FUNCTION:
            section.number()
            yield name
        elif kind == _GLOBAL:
            section.take(2)
        elif kind in (_TABLE, _MEMORY):
            if kind == _TABLE:
                section.byte()
            limits = section.byte()
            section.number()
            if limits & 1:
                section.number()
        else:
            raise BuildError(f"the wasm module imports something of unknown kind {kind}")
