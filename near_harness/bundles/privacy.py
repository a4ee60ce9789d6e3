"""Text without what belongs to a machine or a person: folders, addresses, the host's name, values of secret variables."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

_URL = re.compile(r"\b(https?|wss?|ssh|unix)://[^\s'\"<>)\]]+")
_POSIX_PATH = re.compile(r"(?<![\w./:<>…)\]-])(?:~|\.\.)?/(?:[\w.@+%=-]+/)+")
_WINDOWS_PATH = re.compile(r"\b[A-Za-z]:\\(?:[^\\\s'\"<>|]+\\)*")
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTH", re.IGNORECASE)
_SECRET_KEY = re.compile(r"\b(ed25519|secp256k1|ml-dsa-65):[1-9A-HJ-NP-Za-km-z]{80,}")
_SHORTEST = 6
"""Shorter values and names are parts of common words."""


def without_private_things(text: str) -> str:
    """Return text with paths cut to their last part; addresses, the host's name and secrets become words for what they are."""
    for name, value in os.environ.items():
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST:
            text = text.replace(value, f"<value of {name}>")
    for folder in (Path.cwd(), Path.home()):  # they may have spaces, which end a path below
        text = text.replace(f"{folder}{os.sep}", "…/") if folder != Path(folder.anchor) else text
    text = _SECRET_KEY.sub("<secret key>", text)
    text = _URL.sub("<address>", text)
    text = _WINDOWS_PATH.sub("…/", text)
    text = _POSIX_PATH.sub("…/", text)
    host = socket.gethostname()
    return re.sub(rf"\b{re.escape(host)}\b", "<host>", text) if len(host) >= _SHORTEST else text
