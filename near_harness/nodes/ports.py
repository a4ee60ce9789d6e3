"""Free ports on the loopback, each for one node only: a lock per port keeps processes of the harness apart."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from near_harness.errors import NodeError, PortInUse

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
        port = _locked(number) if number is not None else None
        if port is not None:
            return port
    if wanted:
        raise PortInUse(f"port {wanted} on {HOST} is in use by another program: choose another, or 0 for a free one")
    raise NodeError(f"no free port on {HOST} after {_TRIES} tries")


def _free(wanted: int) -> int | None:
    with socket.socket() as probe:
        if wanted:  # as servers do; without it a port that was just left counts as taken
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def _locked(number: int) -> Port | None:
    if sys.platform == "linux":
        # A name in the kernel, in the same network namespace as the port; nothing is left of it when its holder dies.
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0near-harness-port-{number}")
        except OSError:
            claim.close()
            return None
        return Port(number, claim.close)
    return _locked_by_file(number)


def _locked_by_file(number: int) -> Port | None:
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        return Port(number, lambda: None)
    try:
        lock = os.open(Path(tempfile.gettempdir()) / f"near-harness-port-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:  # another user's
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return Port(number, lambda: os.close(lock))
