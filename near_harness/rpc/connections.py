"""Connections that wait for the next request, since opening one takes longer than most questions: a pool for each address.

They belong to the process and not to who asked, who may be dropped at any time.
"""

from __future__ import annotations

import functools
import os
import ssl
import time
from pathlib import Path
from typing import NamedTuple

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

from near_harness.errors import InvalidSetting

_IDLE_S = 3.0
"""Nodes close what was idle for five seconds or more; a request must not meet that."""
_ADDRESSES, _WAITING = 64, 8
"""Bounds: of the addresses to which connections are kept, and of those that wait for each."""


class Where(NamedTuple):
    """What connections have in common that may be used for each other's requests: the other side, and who vouches for it."""

    scheme: str
    host: str
    port: int | None
    ca_file: Path | None
    named: tuple[str | None, ...]
    """The files of trusted certificates that the environment names."""


class _Kept:
    def __init__(self, where: Where) -> None:
        self._where, self._used = where, 0.0
        self._pool: HTTPConnectionPool | None = None

    def pool(self) -> HTTPConnectionPool:
        now, pool = time.monotonic(), self._pool
        if pool is None or now - self._used > _IDLE_S:
            self._pool = pool = _pool(self._where)
        self._used = now
        return pool

    def drop(self) -> None:
        """Leave the pool to those who use it at this moment: dropped by all, it closes what it has."""
        self._pool = None


def connections(where: Where) -> HTTPConnectionPool:
    """Return those to an address; new ones, where they were idle for long.

    :raises InvalidSetting: where the file has no certificates.
    """
    return _kept(where).pool()


def close(where: Where) -> None:
    """Close those that wait."""
    _kept(where).drop()


@functools.lru_cache(maxsize=_ADDRESSES)
def _kept(where: Where) -> _Kept:
    return _Kept(where)


def _pool(where: Where) -> HTTPConnectionPool:
    if where.scheme == "http":
        return HTTPConnectionPool(where.host, where.port, maxsize=_WAITING)
    return HTTPSConnectionPool(where.host, where.port, maxsize=_WAITING, ssl_context=_trusting(where.ca_file, where.named))


@functools.lru_cache(maxsize=8)
def _trusting(ca_file: Path | None, _named: tuple[str | None, ...]) -> ssl.SSLContext:
    """Whom to trust. ``_named`` are the files that the environment names: with others it is made anew."""
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except ssl.SSLError:
        raise InvalidSetting(f"{ca_file} (--ca-file) holds no certificates in PEM form (-----BEGIN CERTIFICATE-----)") from None
    except OSError as error:
        raise InvalidSetting(f"{ca_file} (--ca-file) cannot be read: {error.strerror}") from None


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_kept.cache_clear)  # what the parent goes on using is not the child's
