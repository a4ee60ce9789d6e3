"""Counts calls in a contract's own storage. A call that fails is not counted: nothing of it stays."""

from __future__ import annotations

from near_harness.assembly.instructions import ADD, DROP, Code, call, code, get, load, narrowed, put, store, when
from near_harness.assembly.module import Data

_REGISTER = 1000
"""One that no contract uses."""


def count_call(key: bytes, local: int, data: Data) -> Code:
    """Put the number of calls before this one into a local variable, and write down that there was one more."""
    place = data.place(key)
    _, counted = data.place(b"count of " + key)  # bytes that nothing else is kept in
    return code(
        store(counted, 0),
        when(narrowed(call("storage_read", *place, _REGISTER)), call("read_register", _REGISTER, counted)),
        put(local, load(counted)),
        store(counted, code(get(local), 1, ADD)),
        call("storage_write", *place, 8, counted, _REGISTER),
        DROP,
    )
