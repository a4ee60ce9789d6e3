"""Puts the table and its picture into the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rows import Row

from drawing.chart import chart
from drawing.markdown import markdown

DOCS = Path(__file__).parent.parent.parent / "docs"
_BEGIN, _END = "<!-- measured: from here on benchmarks/table.py --docs writes -->", "<!-- measured: until here -->"


def write_page(rows: Sequence[Row], conditions: str, docs: Path = DOCS) -> None:
    """Replace what stands between the two marks of ``speed.md``; a run without peers leaves the picture out.

    :raises ValueError: where the page has not both marks.
    """
    page = docs / "speed.md"
    text = page.read_text()
    if text.count(_BEGIN) != 1 or text.count(_END) != 1:
        raise ValueError(f"{page} has to have these two lines, once each: {_BEGIN} and {_END}")
    picture = docs / "speed.svg"
    parts = [_BEGIN, f"Made with {conditions}", markdown(rows).strip()]
    if any(row.section.compares for row in rows):
        picture.write_text(chart(rows))
        parts.insert(2, "![The comparisons as bars; the figures are those of the tables below.](speed.svg)")
    else:
        picture.unlink(missing_ok=True)
    before, after = text.partition(_BEGIN)[0], text.partition(_END)[2]
    page.write_text(before + "\n\n".join((*parts, _END)) + after)
