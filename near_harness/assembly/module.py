"""Writes a whole contract: functions by name, the ones of them that can be called as methods, and constant data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from near_harness.assembly.host import HOST, I64
from near_harness.assembly.instructions import Code, Ref, signed, unsigned
from near_harness.errors import BadInput

MAGIC = b"\x00asm\x01\x00\x00\x00"
TYPES, IMPORTS, FUNCTIONS, MEMORY, EXPORTS, DATA_COUNT, CODE, DATA = 1, 2, 3, 5, 7, 12, 10, 11
PAGE = 1 << 16
MEMORY_PAGES = 1024
"""What every contract has at its start, whatever it asks for (``initial_memory_pages`` of the protocol's limits)."""


@dataclass(frozen=True)
class Function:
    """A function of the module. Parameters and local variables are numbers of 64 bits; the first have the lowest numbers."""

    code: Code
    parameters: int = 0
    results: bytes = b""
    locals: int = 0

    @property
    def type(self) -> bytes:
        """Its type in binary."""
        return function_type(self.parameters, self.results)

    def body(self, numbers: Mapping[str, int]) -> bytes:
        """Its code in binary, with the names of functions replaced by their numbers."""
        instructions = b"".join(
            piece if isinstance(piece, bytes) else b"\x10" + unsigned(numbers[piece.name]) for piece in self.code
        )
        declared = many([unsigned(self.locals) + I64]) if self.locals else many([])
        return sized(declared + instructions + b"\x0b")

    def refers_to(self) -> set[str]:
        """The names of the functions that it calls."""
        return {piece.name for piece in self.code if isinstance(piece, Ref)}


class Data:
    """Constant bytes of a module, from an address on; equal ones are kept once."""

    def __init__(self, start: int = 1024, room: int = 4 * 1024 * 1024) -> None:
        self.start, self._room = start, room
        self._content = bytearray()
        self._places: dict[bytes, int] = {}

    def place(self, content: bytes) -> tuple[int, int]:
        """Return length and address of constant bytes.

        :raises BadInput: where they are too many.
        """
        if content not in self._places:
            if len(self._content) + len(content) > self._room:
                raise BadInput(f"{len(content):,} bytes more are too many for a contract that has room for {self._room:,}")
            self._places[content] = self.start + len(self._content)
            self._content += content
        return len(content), self._places[content]

    def segment(self) -> bytes:
        """All of it as one data segment in binary; empty where there is none."""
        if not self._content:
            return b""
        return b"\x00\x41" + signed(self.start) + b"\x0b" + sized(bytes(self._content))


def write_module(
    functions: Mapping[str, Function], methods: Mapping[str, str], data: Data, *, imports: Iterable[str] = ()
) -> bytes:
    """Write a contract. ``methods`` says which function each method is.

    Host functions are imported as they are called, and ``imports`` besides.
    """
    hosts = sorted({*imports, *(name for function in functions.values() for name in function.refers_to())} - functions.keys())
    types = list(dict.fromkeys([*(host_type(name) for name in hosts), *(f.type for f in functions.values())]))
    numbers = {name: number for number, name in enumerate([*hosts, *functions])}
    exports = [named(method) + b"\x00" + unsigned(numbers[name]) for method, name in methods.items()]
    imported = [named("env") + named(name) + b"\x00" + unsigned(types.index(host_type(name))) for name in hosts]
    segment = data.segment()
    return MAGIC + b"".join(
        section(kind, content)
        for kind, content in (
            (TYPES, many(types)),
            (IMPORTS, many(imported)),
            (FUNCTIONS, many(unsigned(types.index(f.type)) for f in functions.values())),
            (MEMORY, many([b"\x00" + unsigned(MEMORY_PAGES)])),
            (EXPORTS, many([*exports, named("memory") + b"\x02\x00"])),
            (CODE, many(f.body(numbers) for f in functions.values())),
            (DATA, many([segment] if segment else [])),
        )
    )


def function_type(parameters: int, results: bytes) -> bytes:
    """Return a type in binary: of functions that take numbers of 64 bits."""
    return b"\x60" + many([I64] * parameters) + many([results] if results else [])


def host_type(name: str) -> bytes:
    """Return the type of a host function in binary."""
    return function_type(*HOST[name])


def section(kind: int, content: bytes) -> bytes:
    """Return a section in binary."""
    return bytes([kind]) + sized(content)


def sized(content: bytes) -> bytes:
    """Return bytes with their number before them."""
    return unsigned(len(content)) + content


def many(items: Iterable[bytes]) -> bytes:
    """Return items with their number before them."""
    found = list(items)
    return unsigned(len(found)) + b"".join(found)


def named(name: str) -> bytes:
    """Return a name in binary."""
    return sized(name.encode())
