"""Claims that processes of one machine respect: whoever has a name or a file has it alone, until it lets it go or dies."""

from __future__ import annotations

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
    try:
        return claim_file(Path(tempfile.gettempdir()) / f"near-harness-{name}.lock")
    except PermissionError:  # another user's
        return None


def claim_file(path: Path, *, wait: bool = False) -> Callable[[], None] | None:
    """Return what lets a lock file go again, or None where somebody has it; with ``wait`` there is always an end of that.

    :raises OSError: where the file cannot be made.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - most who load this lock no file

    # It may be let go by another thread than took it.
    lock = FileLock(path, timeout=-1 if wait else 0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock.release
