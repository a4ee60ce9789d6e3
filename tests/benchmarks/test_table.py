"""The table of times as Markdown, in the terminal, as a picture and in the documentation."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from drawing import terminal
from drawing.chart import chart
from drawing.markdown import markdown
from drawing.page import DOCS, write_page
from rich.console import Console
from rows import Row, Section, figure, sections

ROWS = [
    Row(Section.CLIENTS, "transfer", 2.0, "ms", by="near-harness, embedded node"),
    Row(Section.CLIENTS, "a view", 1.0, "ms", by="near-harness, embedded node"),
    Row(Section.CLIENTS, "transfer", 8.0, "ms", by="slow & steady"),
    Row(Section.CLIENTS, "transfer", None, "", by="gone", why="not installed: no registry has it"),
    Row(Section.START, "start of a node", 4.0, "ms", 10),
    Row(Section.START, "import", 120.0, "ms", 100),
]


def test_the_same_work_stands_together_and_sections_in_their_order() -> None:
    (first, promised), (second, compared) = sections(ROWS)
    assert (first, second) == (Section.START, Section.CLIENTS)
    assert [row.name for row in promised] == ["start of a node", "import"]
    assert [row.by for row in compared] == ["near-harness, embedded node", "slow & steady", "gone", "near-harness, embedded node"]


def test_markdown_has_the_ratio_the_reason_and_what_was_missed() -> None:
    lines = markdown(ROWS).splitlines()
    assert "| start of a node | 4.00 ms | 10 ms |" in lines
    assert "| import | **120 ms** | 100 ms |" in lines
    assert "| transfer | slow & steady | 8.00 ms | 4.00 |" in lines
    assert "| transfer | gone | not installed: no registry has it |  |" in lines


def test_the_terminal_draws_bars_of_their_length() -> None:
    out = io.StringIO()
    terminal.show(ROWS, Console(file=out, width=150))
    lines = {
        part: line for line in out.getvalue().splitlines() for part in ("slow", "transfer", "gone", "import") if part in line
    }
    bars = {part: line.count("█") for part, line in lines.items()}
    assert bars["slow"] == 30 and bars["transfer"] == 7  # a quarter: seven, and a half block
    assert "120%" in lines["import"]
    assert bars["gone"] == 0 and "not installed: no registry has it" in lines["gone"]


def test_the_picture_has_bars_of_their_length_and_asks_for_nothing() -> None:
    drawn = chart(ROWS)
    root = ET.fromstring(drawn)  # noqa: S314 - our own picture
    space = {"svg": "http://www.w3.org/2000/svg"}
    _paper, ours, slow, _view = [float(bar.attrib["width"]) for bar in root.findall("svg:rect", space)]
    assert slow == pytest.approx(4 * ours)
    assert {"gone", "slow & steady", "not installed: no registry has it"} <= {
        text.text for text in root.findall("svg:text", space)
    }
    assert "start of a node" not in drawn
    assert drawn.count("http") == 1 and "url(" not in drawn  # the name of SVG itself


def test_the_page_is_written_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "speed.md"
    page.write_text((DOCS / "speed.md").read_text())
    before = page.read_text()
    write_page(ROWS, "one command", tmp_path)
    once = page.read_text()
    assert "| transfer | slow & steady | 8.00 ms | 4.00 |" in once and "Made with one command" in once and "](speed.svg)" in once
    assert once.partition("<!-- measured")[0] == before.partition("<!-- measured")[0]
    assert once.rpartition("until here -->")[2] == before.rpartition("until here -->")[2]
    write_page(ROWS, "one command", tmp_path)
    assert page.read_text() == once
    write_page([row for row in ROWS if not row.section.compares], "one command", tmp_path)
    assert not (tmp_path / "speed.svg").exists() and "speed.svg" not in page.read_text()


def test_a_page_without_marks_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "speed.md").write_text("# Speed\n")
    with pytest.raises(ValueError, match=r"speed\.md has to have these two lines"):
        write_page(ROWS, "one command", tmp_path)
    assert (tmp_path / "speed.md").read_text() == "# Speed\n"
    assert not (tmp_path / "speed.svg").exists()


@pytest.mark.parametrize(
    ("value", "text"), [(0.00432, "0.0043"), (0.5, "0.50"), (9.99, "9.99"), (12.34, "12.3"), (1234.5, "1,234")]
)
def test_figures_have_the_digits_that_count(value: float, text: str) -> None:
    assert figure(value) == text
