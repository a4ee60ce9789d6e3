"""What a contract writes down while it runs: logs, the NEP-297 events among them, and values as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from near_harness.errors import BadInput


@dataclass(frozen=True)
class Event:
    """An event by NEP-297: a log that begins with ``EVENT_JSON:``."""

    standard: str
    version: str
    event: str
    data: Any


def decode_json(data: bytes, what: str) -> Any:
    """Read bytes as JSON, or say what could not be read."""
    try:
        return json.loads(data)
    except ValueError:
        shown = data if len(data) <= 80 else data[:80] + b" ..."
        raise BadInput(f"{what} is no JSON but {len(data)} bytes: {shown!r}; use .value for bytes") from None


def read_event(log: str) -> Event | None:
    """Read one log as a NEP-297 event, or return None for any other log, also one that only looks like an event."""
    prefix, _, text = log.partition(":")
    if prefix != "EVENT_JSON":
        return None
    try:
        body = json.loads(text)
        return Event(str(body["standard"]), str(body["version"]), str(body["event"]), body.get("data"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
