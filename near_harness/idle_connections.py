"""Connections that were used and wait for the next request: opening one takes longer than most questions."""

from __future__ import annotations

import selectors
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection

_IDLE_S = 3.0
"""Nodes close what was idle for five seconds or more; a request must not meet that."""


class IdleConnections:
    """Those to one address. Threads may share them; each is in one hand at a time."""

    def __init__(self) -> None:
        self._waiting: list[tuple[HTTPConnection, float]] = []

    def take(self, timeout_s: float) -> HTTPConnection | None:
        """Return one that is open, None where there is none."""
        for connection, since in self._each():
            if time.monotonic() - since <= _IDLE_S and _is_open(connection):
                connection.sock.settimeout(timeout_s)
                return connection
            connection.close()
        return None

    def keep(self, connection: HTTPConnection) -> None:
        """Take one back whose answer was read to its end."""
        if connection.sock is None:  # the other side did not want it to be used again
            return
        self._waiting.append((connection, time.monotonic()))

    def close(self) -> None:
        """Close them all; more may come back later."""
        for connection, _ in self._each():
            connection.close()

    def __reduce__(self) -> tuple[type[IdleConnections], tuple[()]]:
        """Leave the connections here: in another process there are none yet."""
        return IdleConnections, ()

    def _each(self) -> Iterator[tuple[HTTPConnection, float]]:
        """Take out those that wait, the one that was used last first."""
        with suppress(IndexError):
            while True:
                yield self._waiting.pop()

    def __del__(self) -> None:
        self.close()


def _is_open(connection: HTTPConnection) -> bool:
    """Whether the other side has said nothing since: that could only be its farewell."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        return not selector.select(timeout=0)
