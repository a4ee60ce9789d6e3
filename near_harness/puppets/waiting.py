"""Calls that wait for the test: how a puppet remembers them, and the two methods by which they go on.

The puppet's storage has one row for each method with calls that wait: the key is a prefix and the method, the value the height
and the id of each yield, the oldest first. The test reads the rows. It calls :data:`RESUME` in the puppet's own name, with the
key of a row and what shall come of the first call in it. The yield's callback is :data:`RESUMED`. A yield that nobody resumes is
at its end after 200 blocks; it stays in its row until somebody tries to resume it.
"""

from __future__ import annotations

from dataclasses import dataclass

from near_harness.assembly.instructions import (
    ADD,
    DROP,
    EQUAL,
    GREATER,
    SUBTRACT,
    Code,
    call,
    code,
    get,
    load,
    narrowed,
    put,
    store,
    when,
)
from near_harness.assembly.module import Data, Function

RESUME, RESUMED = "near_harness_resume", "near_harness_resumed"
PREFIX = b"near_harness.waits."
LONGEST_PAYLOAD = 1024
"""``max_yield_payload_size`` of the protocol's limits."""
RETURNS, PANICS = b"r", b"p"
"""What a payload begins with: what follows is the value, or what the call panics with."""
WAS_RESUMED = b"1"
NOBODY_CAME = "this call waited for pool.resume(), and nobody resumed it in time"
_HEIGHT, _ID = 8, 32
_ENTRY = _HEIGHT + _ID
_NUMBER = 8
"""Bytes of the number that an argument begins with: the length of the key behind it."""
_KEY = 15 * 1024 * 1024
_INPUT = 16 * 1024 * 1024
_ROW = 17 * 1024 * 1024
_REGISTER, _OTHER_REGISTER = 1, 2
_SUCCESSFUL = 1
"""``promise_result``: the promise succeeded."""


@dataclass(frozen=True)
class Waiting:
    """A call that waits: the id of its yield, the height where it began to wait, and its method."""

    data_id: bytes
    height: int
    method: str


def row_key(method: str) -> bytes:
    """The key of the row of a method's calls that wait."""
    return PREFIX + method.encode()


def resume_args(method: str, payload: bytes) -> bytes:
    """The argument by which the first call of a method goes on."""
    key = row_key(method)
    return len(key).to_bytes(_NUMBER, "little") + key + payload


def read_row(method: str, row: bytes) -> tuple[Waiting, ...]:
    """Read the row of a method; the call that has waited longest is the first."""
    entries = [row[at : at + _ENTRY] for at in range(0, len(row), _ENTRY)]
    return tuple(Waiting(entry[_HEIGHT:], int.from_bytes(entry[:_HEIGHT], "little"), method) for entry in entries)


def wait_row(method: str, id_register: int, length: int) -> Code:
    """Add a call that waits to its row; the id of its yield is in a register, ``length`` a local variable to count with."""
    key = row_key(method)
    end = code(get(length), _ROW, ADD)
    return code(
        _written(_KEY, key),
        put(length, 0),
        when(
            narrowed(call("storage_read", len(key), _KEY, _REGISTER)),
            code(put(length, call("register_len", _REGISTER)), call("read_register", _REGISTER, _ROW)),
        ),
        store(end, call("block_index")),
        call("read_register", id_register, code(end, _HEIGHT, ADD)),
        call("storage_write", len(key), _KEY, code(get(length), _ENTRY, ADD), _ROW, _OTHER_REGISTER),
        DROP,
    )


def functions(data: Data) -> dict[str, Function]:
    """Return the two methods of puppets that wait."""
    return {RESUME: Function(_resume(data), locals=3), RESUMED: Function(_resumed(data), locals=1)}


def _resume(data: Data) -> Code:
    """Take the first call out of a row, and resume it; returns whether its yield was there."""
    length, key_length, row_length = range(3)
    key = (get(key_length), code(_INPUT + _NUMBER))
    payload = code(get(length), get(key_length), SUBTRACT, _NUMBER, SUBTRACT), code(get(key_length), _INPUT + _NUMBER, ADD)
    rest = code(get(row_length), _ENTRY, SUBTRACT)
    taken = call("promise_yield_resume", _ID, _ROW + _HEIGHT, *payload)
    return code(
        call("input", _REGISTER),
        put(length, call("register_len", _REGISTER)),
        call("read_register", _REGISTER, _INPUT),
        put(key_length, load(_INPUT)),
        when(
            narrowed(call("storage_read", *key, _REGISTER)),
            code(
                put(row_length, call("register_len", _REGISTER)),
                call("read_register", _REGISTER, _ROW),
                when(
                    code(get(row_length), _ENTRY, GREATER),
                    code(call("storage_write", *key, rest, _ROW + _ENTRY, _OTHER_REGISTER), DROP),
                    code(call("storage_remove", *key, _OTHER_REGISTER), DROP),
                ),
                when(taken, call("value_return", *data.place(WAS_RESUMED))),
            ),
        ),
    )


def _resumed(data: Data) -> Code:
    """End the call as the payload says."""
    length = 0
    rest = code(get(length), 1, SUBTRACT), code(_INPUT + 1)
    return when(
        code(call("promise_result", 0, _REGISTER), _SUCCESSFUL, EQUAL),
        code(
            put(length, call("register_len", _REGISTER)),
            call("read_register", _REGISTER, _INPUT),
            when(
                code(load(_INPUT, size=1), RETURNS[0], EQUAL),
                call("value_return", *rest),
                call("panic_utf8", *rest),
            ),
        ),
        call("panic_utf8", *data.place(NOBODY_CAME.encode())),
    )


def _written(address: int, content: bytes) -> Code:
    """Write constant bytes, eight at a time; up to seven more behind them become zero."""
    pieces = (content[at : at + 8] for at in range(0, len(content), 8))
    return code(*(store(address + 8 * i, int.from_bytes(piece, "little")) for i, piece in enumerate(pieces)))
