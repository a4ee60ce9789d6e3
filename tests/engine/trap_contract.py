"""A contract that fails in every way that a contract can."""

from __future__ import annotations

from near_harness.assembly.instructions import DROP, UNREACHABLE, Code, call, code, forever
from near_harness.assembly.module import Data, Function, write_module

_I32_CONST, _I32_DIVIDE, _I32_LOAD = b"\x41", b"\x6d", b"\x28\x02\x00"

_PANIC_TEXT = b"boom"

METHODS: dict[str, Code] = {
    "fine": (),
    "panic": call("panic_utf8", *Data().place(_PANIC_TEXT)),
    "unreachable": code(UNREACHABLE),
    # 1 / 0
    "divide_by_zero": code(_I32_CONST + b"\x01", _I32_CONST + b"\x00", _I32_DIVIDE, DROP),
    # the least i32 / -1
    "divide_too_far": code(_I32_CONST + b"\x80\x80\x80\x80\x78", _I32_CONST + b"\x7f", _I32_DIVIDE, DROP),
    # at 0xffffffff
    "out_of_bounds": code(_I32_CONST + b"\x7f", _I32_LOAD, DROP),
    "recurse": call("recurse"),
    "spin": forever(()),
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
    data = Data()
    data.place(_PANIC_TEXT)
    data.place(salt.encode())
    functions = {name: Function(body) for name, body in METHODS.items()}
    return write_module(functions, {name: name for name in functions}, data)
