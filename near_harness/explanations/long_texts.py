"""What is to say of an error beyond a line: files of Markdown in ``texts/``, named after the error.

A file has sections (``## Why the protocol does so``, ``## An example``, ``## How to mend it``), prose and Python in fences, and
in its last line the pages of the documentation that go on: ``Read: money, receipts``. The examples are run by the tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
_READ = re.compile(r"^Read: (.+)\n*\Z", re.MULTILINE)
_FENCE = re.compile(r"^```\w*\n(.*?)^```\n?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Section:
    """A part of a text: its title, and its paragraphs, each prose or code."""

    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Paragraph:
    """Prose, with code between backticks; or lines of Python."""

    text: str
    is_code: bool = False


@dataclass(frozen=True)
class LongText:
    """The sections, and what to read on: pages of the documentation without their suffix."""

    sections: tuple[Section, ...] = ()
    read: tuple[str, ...] = ()

    @property
    def mend(self) -> str:
        """What to do: the prose of the last section."""
        last = self.sections[-1].paragraphs if self.sections else ()
        return "\n".join(paragraph.text for paragraph in last if not paragraph.is_code)


def long_text(name: str) -> LongText:
    """Return the text of an error; without sections, where there is none."""
    path = FOLDER / f"{name}.md"
    if not path.is_file():
        return LongText()
    text = path.read_text(encoding="utf-8")
    read = _READ.search(text)
    _, *parts = re.split(r"^## (.+)\n", _READ.sub("", text), flags=re.MULTILINE)
    sections = tuple(Section(title, tuple(_paragraphs(body))) for title, body in zip(parts[::2], parts[1::2], strict=True))
    return LongText(sections, tuple(read[1].split(", ")) if read else ())


def _paragraphs(body: str) -> Iterator[Paragraph]:
    at = 0
    for fence in _FENCE.finditer(body):
        yield from _prose(body[at : fence.start()])
        yield Paragraph(fence[1].rstrip(), is_code=True)
        at = fence.end()
    yield from _prose(body[at:])


def _prose(text: str) -> Iterator[Paragraph]:
    yield from (Paragraph(" ".join(part.split())) for part in re.split(r"\n\s*\n", text) if part.strip())
