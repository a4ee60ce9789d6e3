"""A contract that fails in every way that a contract can, assembled byte by byte: no compiler, no toolchain.

The method bodies are WebAssembly's binary format: https://webassembly.github.io/spec/core/binary/
"""

from __future__ import annotations

_I32_CONST, _I64_CONST, _DROP, _CALL, _END = b"\x41", b"\x42", b"\x1a", b"\x10", b"\x0b"

_PANIC_TEXT = b"boom"

METHODS = {
    "fine": b"",
    # env.panic_utf8(len, ptr), import 0; the text is at address 0
    "panic": _I64_CONST + bytes([len(_PANIC_TEXT)]) + _I64_CONST + b"\x00" + _CALL + b"\x00",
    "unreachable": b"\x00",
    # 1 / 0
    "divide_by_zero": _I32_CONST + b"\x01" + _I32_CONST + b"\x00" + b"\x6d" + _DROP,
    # the least i32 / -1
    "divide_too_far": _I32_CONST + b"\x80\x80\x80\x80\x78" + _I32_CONST + b"\x7f" + b"\x6d" + _DROP,
    # i32.load at 0xffffffff
    "out_of_bounds": _I32_CONST + b"\x7f" + b"\x28\x02\x00" + _DROP,
    # a function that calls itself: its index is put in below
    "recurse": _CALL + b"%",
    # loop (no type); br 0; end
    "spin": b"\x03\x40\x0c\x00\x0b",
}

EXPECTED = {
    "fine": None,
    "panic": "Smart contract panicked: boom",
    "unreachable": "WebAssembly trap: An `unreachable` opcode was executed.",
    "divide_by_zero": "WebAssembly trap: An arithmetic exception, e.g. divided by zero.",
    "divide_too_far": "WebAssembly trap: An arithmetic exception, e.g. divided by zero.",
    "out_of_bounds": "WebAssembly trap: Memory out of bounds trap.",
    "recurse": "Accessed memory outside the bounds.",  # how nearcore reports that the stack is used up
    "spin": "Exceeded the prepaid gas.",
}
"""What the outcome says of each; ``None`` for success."""


def trap_contract(salt: str = "") -> bytes:
    """The contract. Another salt makes other bytes, which no cache has seen yet."""
    bodies = []
    for index, body in enumerate(METHODS.values(), start=1):  # 0 is the import
        code = b"\x00" + body.replace(b"%", _number(index)) + _END  # no locals
        bodies.append(_sized(code))
    count = len(METHODS)
    exports = [_named(name) + b"\x00" + _number(index) for index, name in enumerate(METHODS, start=1)]
    return b"\x00asm\x01\x00\x00\x00" + b"".join(
        _sized(content, kind)
        for kind, content in (
            (1, _many([b"\x60\x00\x00", b"\x60\x02\x7e\x7e\x00"])),  # types: () -> (), (i64, i64) -> ()
            (2, _many([_named("env") + _named("panic_utf8") + b"\x00\x01"])),
            (3, _many([b"\x00"] * count)),
            (5, _many([b"\x00\x01"])),  # one memory of one page
            (7, _many([*exports, _named("memory") + b"\x02\x00"])),
            (10, _many(bodies)),
            (11, _many([b"\x00" + _I32_CONST + b"\x00" + _END + _sized(_PANIC_TEXT + salt.encode())])),
        )
    )


def _number(value: int) -> bytes:
    """An unsigned number of one or more bytes (LEB128)."""
    encoded = b""
    while value > 0x7F:
        encoded += bytes([value & 0x7F | 0x80])
        value >>= 7
    return encoded + bytes([value])


def _sized(content: bytes, kind: int | None = None) -> bytes:
    return (b"" if kind is None else bytes([kind])) + _number(len(content)) + content


def _many(items: list[bytes]) -> bytes:
    return _number(len(items)) + b"".join(items)


def _named(name: str) -> bytes:
    return _sized(name.encode())
