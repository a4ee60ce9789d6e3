"""The answer where a chain itself fails: an error as nearcore sends it, so that the client learns of it and the node goes on."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

_log = logging.getLogger(__name__)


@contextmanager
def going_on() -> Iterator[None]:
    """Make blocks for everybody: what panics and was taken out of the chain stops nobody else, and its sender is told."""
    from near_harness_engine import TakenOut  # noqa: PLC0415 - an extra, there where a chain is

    try:
        yield
    except TakenOut as error:
        _log.error("%s", error)


def internal_error(error: Exception) -> tuple[int, bytes]:
    """Return HTTP status and body for an error that is nobody's but the node's."""
    text = f"{type(error).__name__}: {error}"
    cause = {"name": "INTERNAL_ERROR", "info": {"error_message": text}}
    body = {"name": "INTERNAL_ERROR", "cause": cause, "code": -32_000, "message": "Server error", "data": text}
    return 500, json.dumps({"jsonrpc": "2.0", "error": body, "id": None}).encode()
