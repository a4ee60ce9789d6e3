"""Instructions of WebAssembly 1.0 as bytes, with functions by name.

The format: https://webassembly.github.io/spec/core/binary/

Everything here is of the first version of WebAssembly, so every protocol version accepts it. All numbers are 64 bits wide, as
the host functions want them.
"""

from __future__ import annotations

from dataclasses import dataclass

from near_harness.errors import BadInput


@dataclass(frozen=True)
class Ref:
    """A function by its name: one of the host, or one of the module. It gets its number when the module is written."""

    name: str


Code = tuple["bytes | Ref", ...]

UNREACHABLE, RETURN, DROP = b"\x00", b"\x0f", b"\x1a"
ADD, SUBTRACT = b"\x7c", b"\x7d"
EQUAL, NOT_EQUAL, LESS, GREATER, AT_LEAST = b"\x51", b"\x52", b"\x54", b"\x56", b"\x5a"
"""Comparisons (of numbers without sign) leave a truth value of 32 bits."""
_WRAP = b"\xa7"
_END = b"\x0b"


def unsigned(value: int) -> bytes:
    """Return a number as LEB128."""
    encoded = b""
    while value > 0x7F:
        encoded += bytes([value & 0x7F | 0x80])
        value >>= 7
    return encoded + bytes([value])


def signed(value: int) -> bytes:
    """Return a number as signed LEB128."""
    encoded = b""
    while not -0x40 <= value < 0x40:
        encoded += bytes([value & 0x7F | 0x80])
        value >>= 7
    return encoded + bytes([value & 0x7F])


def code(*parts: bytes | Ref | Code | int) -> Code:
    """Put instructions one after the other; a number stands for itself on the stack (of 64 bits)."""
    pieces: list[bytes | Ref] = []
    for part in parts:
        if isinstance(part, int):
            pieces.append(b"\x42" + signed(part if part < 1 << 63 else part - (1 << 64)))
        elif isinstance(part, tuple):
            pieces += part
        else:
            pieces.append(part)
    return tuple(pieces)


def call(name: str, *arguments: bytes | Code | int) -> Code:
    """Call a function with arguments; its result stays on the stack."""
    return code(*arguments, Ref(name))


def get(local: int) -> bytes:
    """Put a local variable on the stack."""
    return b"\x20" + unsigned(local)


def put(local: int, value: Code | int) -> Code:
    """Set a local variable."""
    return code(value, b"\x21" + unsigned(local))


def count_up(local: int) -> Code:
    """Add one to a local variable."""
    return put(local, code(get(local), 1, ADD))


def load(address: Code | bytes | int, *, size: int = 8) -> Code:
    """Put what is in memory on the stack: one byte, or eight."""
    return code(address, _WRAP, (b"\x29" if size == 8 else b"\x31") + b"\x00\x00")


def store(address: Code | bytes | int, value: Code | bytes | int, *, size: int = 8) -> Code:
    """Write one byte or eight to memory."""
    return code(address, _WRAP, value, (b"\x37" if size == 8 else b"\x3c") + b"\x00\x00")


def narrowed(number: Code) -> Code:
    """Return the lower 32 bits of a number: a truth value where it is 1 or 0."""
    return code(number, _WRAP)


def when(truth: Code, then: Code, otherwise: Code = ()) -> Code:
    """Do one thing or another."""
    return code(truth, b"\x04\x40", then, *((b"\x05", otherwise) if otherwise else ()), _END)


def forever(body: Code) -> Code:
    """Do it again and again, until something in it returns or traps."""
    return code(b"\x03\x40", body, b"\x0c\x00", _END)


def repeat_while(truth: Code, body: Code) -> Code:
    """Do it as long as something holds, which is looked at before each turn."""
    return code(b"\x02\x40\x03\x40", truth, b"\x45\x0d\x01", body, b"\x0c\x00", _END, _END)


def name_of(method: object) -> str:
    """Return the name of a method, checked.

    :raises BadInput: for an empty name, or one of more than 256 bytes.
    """
    if not isinstance(method, str) or not 0 < len(method.encode()) <= 256:
        raise BadInput(f"{method!r} is no name of a method: text of 1 to 256 bytes is needed")
    return method
