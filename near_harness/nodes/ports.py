"""Free ports on the loopback, each for one node only: a lock per port keeps processes of the harness apart."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable

from near_harness.errors import InvalidSetting, NodeError, PortInUse
from near_harness.nodes.claims import claim

HOST = "127.0.0.1"
_TRIES = 50


class Port:
    """A port that no other node of the harness gets before it is released."""

    def __init__(self, number: int, release: Callable[[], None]) -> None:
        self.number = number
        self._release: Callable[[], None] | None = release

    def release(self) -> None:
        """Give it back; harmless when called twice."""
        release, self._release = self._release, None
        if release is not None:
            release()


def reserve_port(wanted: int = 0) -> Port:
    """Reserve a port that nobody listens on; ``wanted`` 0 takes any.

    :raises PortInUse: where the one that is wanted is taken.
    """
    for _ in range(1 if wanted else _TRIES):
        number = _free(wanted)
        release = claim(f"port-{number}") if number is not None else None
        if number is not None and release is not None:
            return Port(number, release)
    if wanted:
        raise PortInUse(f"port {wanted} on {HOST} is in use by another program: choose another, or 0 for a free one")
    raise NodeError(f"no free port on {HOST} after {_TRIES} tries")


def check_port(port: int) -> int:
    """Return ``port`` where it is one.

    :raises InvalidSetting: else.
    """
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65_535:
        raise InvalidSetting(f"{port!r} is no port: use 1 to 65535, or 0 for a free one")
    return port


def _free(wanted: int) -> int | None:
    with socket.socket() as probe:
        if sys.platform == "win32":  # where others' ports could be bound otherwise
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        elif wanted:  # as servers do; without it a port that was just left counts as taken
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            return None
        return int(probe.getsockname()[1])
