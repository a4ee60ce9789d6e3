"""Writes generated pages into a folder of the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write_pages(folder: Path, pages: Mapping[str, str]) -> None:
    """Write the pages, and only those that changed, so that a second build is quick; remove those that are no more."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.rst"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        where = folder / name
        if not where.exists() or where.read_text(encoding="utf-8") != text:
            where.write_text(text, encoding="utf-8")
