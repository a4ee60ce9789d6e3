"""The fenced blocks of a Markdown page, with the lines where they stand."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^( *)```([\w{}-]+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_TEST = re.compile(r"^(?:async )?def test_", re.MULTILINE)
_FILE = re.compile(r"^# ([\w./-]+\.\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block: its language, the line where its code begins, and the code."""

    language: str
    line: int
    code: str

    @property
    def tests(self) -> int:
        """How many tests it defines; those inside texts, which a test writes to files, left out."""
        return len(_TEST.findall(self.code))

    @property
    def file(self) -> str | None:
        """The name of the file that the block is, where its first line says so: ``# tests/test_first.py``."""
        found = _FILE.match(self.code)
        return found[1] if found else None


def blocks(page: Path) -> Iterator[Block]:
    """All blocks of a page that name a language."""
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        yield Block(found[2], text.count("\n", 0, found.start()) + 2, textwrap.dedent(found[3]))


def pages() -> list[Path]:
    """All pages that are written by hand."""
    generated = (DOCS / "errors", DOCS / "reference" / "inside", DOCS / "reference" / "plugin")
    return sorted(page for page in DOCS.rglob("*.md") if not any(folder in page.parents for folder in generated))


def is_project(page: Path) -> bool:
    """Whether the page makes a project step by step: it names files, or shows commands with what they print."""
    return any(block.file is not None or block.language == "console" for block in blocks(page))


def stands_in(code: str, source: str) -> bool:
    """Whether each paragraph of the code stands in a source, line by line, indented or not."""
    parts = code.strip().split("\n\n")
    return all(any(f"\n{textwrap.indent(part, ' ' * indent)}\n" in source for indent in (0, 4, 8)) for part in parts)
