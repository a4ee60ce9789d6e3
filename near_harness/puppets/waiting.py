"""Calls that wait for the test: how a puppet remembers them, and the two methods by which they go on.

A call that waits leaves a row in the puppet's storage: the key is a prefix and the id of the yield, the value the height of the
block and the method. The test reads the rows, and calls :data:`RESUME` in the puppet's own name with an id and what shall come
of it. The yield's callback is :data:`RESUMED`. A yield that nobody resumes is at its end after 200 blocks; its row stays until
somebody tries.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from near_harness.assembly.instructions import (
    ADD,
    DROP,
    EQUAL,
    SUBTRACT,
    Code,
    call,
    code,
    get,
    load,
    put,
    store,
    when,
)
from near_harness.assembly.module import Data, Function

RESUME, RESUMED = "near_harness_resume", "near_harness_resumed"
PREFIX = b"near_harness.waits."
ID_LENGTH = 32
LONGEST_PAYLOAD = 1024
"""``max_yield_payload_size`` of the protocol's limits."""
RETURNS, PANICS = b"r", b"p"
"""What a payload begins with: what follows is the value, or what the call panics with."""
WAS_RESUMED = b"1"
NOBODY_CAME = "this call waited for pool.resume(), and nobody resumed it in time"
_KEY = 15 * 1024 * 1024
"""Where a row's key is put together; its value is behind it."""
_VALUE = _KEY + 256
_INPUT = 16 * 1024 * 1024
_REGISTER, _OTHER_REGISTER = 1, 2
_HEIGHT_BYTES = 8
_LENGTH = 0
_SUCCESSFUL = 1
"""``promise_result``: the promise succeeded."""


@dataclass(frozen=True)
class Waiting:
    """A call that waits: the id of its yield, the height where it began to wait, and its method."""

    data_id: bytes
    height: int
    method: str


def read_rows(rows: Iterable[Mapping[str, str]]) -> list[Waiting]:
    """Read the rows of a puppet's storage, as ``view_state`` gives them; the call that has waited longest is the first."""
    found = []
    for row in rows:
        key, value = base64.b64decode(row["key"]), base64.b64decode(row["value"])
        height = int.from_bytes(value[:_HEIGHT_BYTES], "little")
        found.append(Waiting(key[len(PREFIX) :], height, value[_HEIGHT_BYTES:].decode()))
    return sorted(found, key=lambda waiting: waiting.height)


def wait_row(method: str, id_register: int) -> Code:
    """Write the row of a call that waits; the id of its yield is in a register."""
    name = method.encode()
    return code(
        _written(_KEY, PREFIX),
        call("read_register", id_register, _KEY + len(PREFIX)),
        store(_VALUE, call("block_index")),
        _written(_VALUE + _HEIGHT_BYTES, name),
        call("storage_write", *_key(), _HEIGHT_BYTES + len(name), _VALUE, _OTHER_REGISTER),
        DROP,
    )


def functions(data: Data) -> dict[str, Function]:
    """Return the two methods of puppets that wait."""
    return {RESUME: Function(_resume(data), locals=1), RESUMED: Function(_resumed(data), locals=1)}


def _resume(data: Data) -> Code:
    """Resume the yield whose id the input begins with by what follows there; its row goes. Returns whether it was there."""
    copied = [store(_KEY + len(PREFIX) + at, load(_INPUT + at)) for at in range(0, ID_LENGTH, 8)]
    payload = code(get(_LENGTH), ID_LENGTH, SUBTRACT)
    return code(
        call("input", _REGISTER),
        put(_LENGTH, call("register_len", _REGISTER)),
        call("read_register", _REGISTER, _INPUT),
        _written(_KEY, PREFIX),
        *copied,
        call("storage_remove", *_key(), _OTHER_REGISTER),
        DROP,
        when(
            call("promise_yield_resume", ID_LENGTH, _INPUT, payload, _INPUT + ID_LENGTH),
            call("value_return", *data.place(WAS_RESUMED)),
        ),
    )


def _resumed(data: Data) -> Code:
    """End the call as the payload says."""
    rest = (code(get(_LENGTH), 1, SUBTRACT), code(_INPUT, 1, ADD))
    return when(
        code(call("promise_result", 0, _REGISTER), _SUCCESSFUL, EQUAL),
        code(
            put(_LENGTH, call("register_len", _REGISTER)),
            call("read_register", _REGISTER, _INPUT),
            when(
                code(load(_INPUT, size=1), RETURNS[0], EQUAL),
                call("value_return", *rest),
                call("panic_utf8", *rest),
            ),
        ),
        call("panic_utf8", *data.place(NOBODY_CAME.encode())),
    )


def _key() -> tuple[int, int]:
    return len(PREFIX) + ID_LENGTH, _KEY


def _written(address: int, content: bytes) -> Code:
    """Write constant bytes, eight at a time; up to seven more behind them become zero."""
    pieces = (content[at : at + 8] for at in range(0, len(content), 8))
    return code(*(store(address + 8 * i, int.from_bytes(piece, "little")) for i, piece in enumerate(pieces)))
