"""Claims that processes of one machine respect: whoever has a name has it alone, until it lets it go or dies."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path


def claim(name: str) -> Callable[[], None] | None:
    """Return what lets ``name`` go again, or None where somebody has it."""
    if sys.platform == "linux":
        # A name in the kernel, in the same network namespace as the ports; nothing is left of it when its holder dies.
        holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            holder.bind(f"\0near-harness-{name}")
        except OSError:
            holder.close()
            return None
        return holder.close
    return _claim_by_file(name)


def _claim_by_file(name: str) -> Callable[[], None] | None:
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        return lambda: None
    try:
        lock = os.open(Path(tempfile.gettempdir()) / f"near-harness-{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:  # another user's
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lambda: os.close(lock)
