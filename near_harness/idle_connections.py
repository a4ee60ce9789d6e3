"""Connections that were used and wait for the next request: opening one takes longer than most questions.

They belong to the process and not to who asked: what asks may be dropped at any time, in any order, and a socket that is
dropped instead of closed is a warning.
"""

from __future__ import annotations

import atexit
import os
import selectors
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection

Where = tuple[object, ...]
"""What names the other side."""
_IDLE_S = 3.0
"""Nodes close what was idle for five seconds or more; a request must not meet that."""
_waiting: defaultdict[Where, list[tuple[HTTPConnection, float]]] = defaultdict(list)
"""Those that wait and since when, by where they lead. Threads share them; each is in one hand at a time."""


def take(where: Where, timeout_s: float) -> HTTPConnection | None:
    """Return one that is open, None where there is none."""
    for connection, since in _each(where):
        if time.monotonic() - since <= _IDLE_S and _is_open(connection):
            connection.sock.settimeout(timeout_s)
            return connection
        connection.close()
    return None


def keep(where: Where, connection: HTTPConnection) -> None:
    """Take one back whose answer was read to its end."""
    _close_old()
    if connection.sock is not None:  # else the other side did not want it to be used again
        _waiting[where].append((connection, time.monotonic()))


def close(where: Where) -> None:
    """Close all that lead there; more may come back later."""
    for connection, _ in _each(where):
        connection.close()


def _each(where: Where) -> Iterator[tuple[HTTPConnection, float]]:
    """Take out those that lead there, the one that was used last first."""
    with suppress(IndexError):
        while True:
            yield _waiting[where].pop()


def _close_old() -> None:
    """Close what nobody has asked for in time."""
    oldest = time.monotonic() - _IDLE_S
    for where, waiting in tuple(_waiting.items()):
        if not waiting:
            _waiting.pop(where, None)
        elif waiting[-1][1] < oldest:
            close(where)


def _close_all() -> None:
    for where in tuple(_waiting):
        close(where)


def _is_open(connection: HTTPConnection) -> bool:
    """Whether the other side has said nothing since: that could only be its farewell."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        return not selector.select(timeout=0)


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_close_all)  # what the parent goes on using is not the child's
