"""A contract that prints with the host function of sandboxes."""

from __future__ import annotations

from near_harness.assembly.instructions import UNREACHABLE, Code, call, code
from near_harness.assembly.module import Data, Function, write_module


def write_printing_contract() -> bytes:
    """Return a contract with the methods ``prints``, ``fails`` and ``broken`` (it prints bytes that are no text)."""
    data = Data()

    def prints(content: bytes) -> Code:
        return call("sandbox_debug_log", *data.place(content))

    functions = {
        "prints": Function(prints(b"so far\nand further")),
        "fails": Function(code(prints(b"before it fails"), UNREACHABLE)),
        "broken": Function(prints(b"\xff\xfe")),
    }
    return write_module(functions, {name: name for name in functions}, data)
