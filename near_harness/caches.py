"""Where the harness keeps what it need not make twice: ``NEAR_HARNESS_CACHE``, else a folder in the user's cache folder.

Below it: ``contracts`` (compiled contracts), ``imports`` (contracts of other networks, by block), ``nodes`` (binaries).
"""

from __future__ import annotations

import os
from pathlib import Path

PARTS = ("contracts", "imports", "nodes")


def cache_folder(part: str) -> Path:
    """Return the folder of one of :data:`PARTS`; it need not exist."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - only those who keep something need it

    chosen = os.environ.get("NEAR_HARNESS_CACHE")
    return (Path(chosen) if chosen else user_cache_path("near-harness")) / part


def size(folder: Path) -> tuple[int, int]:
    """Return how many files are below a folder, and their bytes; nothing where it does not exist."""
    files = [path.stat().st_size for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    return len(files), sum(files)
