"""Drawings of a recorded transaction: Mermaid, SVG and the report's pieces are well-formed, and hide nothing."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from recorded import answer

from near_harness.outcome import Outcome, parse_outcome
from near_harness.render.mermaid import mermaid
from near_harness.render.svg import svg
from near_harness.render.tree import tree_text
from near_harness.report.fragment import transaction
from near_harness.report.page import TestSection, page

_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def failing() -> Outcome:
    return parse_outcome(answer("credited in the callback: the pool panics"))


def test_mermaid_has_every_account_and_receipt(failing: Outcome) -> None:
    lines = mermaid(failing).splitlines()
    assert lines[0] == "sequenceDiagram"
    named = dict(line.split()[1::2] for line in lines if line.startswith("    participant "))
    assert set(named.values()) == {"alice.sandbox", "bank.sandbox", "pool.sandbox", "system"}
    arrows = [line for line in lines if any(arrow in line for arrow in ("->>", "-x"))]
    assert len(arrows) == len(failing.receipts)
    ids = {account: name for name, account in named.items()}
    assert f"    {ids['bank.sandbox']}-x{ids['pool.sandbox']}: boom +10 NEAR" in lines
    assert f"    {ids['system']}-->>{ids['bank.sandbox']}: deposit refund 10 NEAR" in lines
    assert f"    Note over {ids['pool.sandbox']}: ContractPanic: boom" in lines


def test_mermaid_is_not_broken_by_what_a_contract_says(failing: Outcome) -> None:
    failure = failing.receipt("pool.sandbox").how_failed
    assert failure is not None
    failure.fields = "Smart contract panicked: a;b #1\nend"
    assert any(line.endswith("ContractPanic: a#59;b #35;1 end") for line in mermaid(failing).splitlines())


def test_svg_is_well_formed_and_complete(failing: Outcome) -> None:
    root = ET.fromstring(svg(failing))  # noqa: S314 - it was made here
    texts = [element.text or "" for element in root.iter(f"{_SVG}text")]
    assert "boom +10 NEAR" in texts and "ContractPanic: boom" in texts and "pool.sandbox" in texts
    arrows = [element for element in root.iter() if element.get("marker-end")]
    assert len(arrows) == len(failing.receipts)
    heads = {element.get("id") for element in root.iter(f"{_SVG}marker")}
    assert {str(arrow.get("marker-end"))[5:-1] for arrow in arrows} <= heads
    width, height = (float(str(root.get(name))) for name in ("width", "height"))
    for element in root.iter(f"{_SVG}text"):
        assert 0 <= float(str(element.get("x"))) <= width and 0 <= float(str(element.get("y"))) <= height


def test_two_pictures_on_a_page_do_not_share_arrow_heads(failing: Outcome) -> None:
    other = replace(failing, hash="another")
    first, second = ({e.get("id") for e in ET.fromstring(svg(o)).iter(f"{_SVG}marker")} for o in (failing, other))  # noqa: S314
    assert not first & second


class _Balance(HTMLParser):
    """Checks that tags are closed in order, and that nothing is loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.loads += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing to close."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_what_contracts_say_is_only_text(failing: Outcome) -> None:
    failing.receipts[0].logs = ("<script>alert(1)</script>",)
    piece = transaction(failing, "bank.<b>deposit</b>()")
    text = page([TestSection("test_<i>", "failed", 0.1, [piece], "assert 1 < 2"), TestSection("b", "passed", 0, [])], "embedded")
    parsed = _Balance()
    parsed.feed(text)
    assert (parsed.open, parsed.loads) == ([], [])
    assert "<script" not in text and "<b>" not in text and "<i>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<h1>1 failed, 1 passed</h1>" in text
    assert "not connected with a node" in text


@pytest.mark.parametrize(
    ("panic", "lines"),
    [
        (
            "panicked at src/lib.rs:84:46:\nno: 0",
            ["ContractPanic: panicked at src/lib.rs:84:46: no: 0; its changes were rolled back"],
        ),
        ("oh\n  at a (b.js)\n  at c", ["ContractPanic: oh; its changes were rolled back", "  at a (b.js)", "  at c"]),
    ],
)
def test_a_panic_of_several_lines_stays_in_its_branch_of_the_tree(failing: Outcome, panic: str, lines: list[str]) -> None:
    failure = failing.receipt("pool.sandbox").how_failed
    assert failure is not None
    failure.fields = f"Smart contract panicked: {panic}"
    drawn = tree_text(failing).splitlines()
    first = next(number for number, line in enumerate(drawn) if lines[0] in line)
    margin, _, end = drawn[first].partition(lines[0])
    assert end == "" and margin.startswith("    │") and drawn[first : first + len(lines)] == [margin + line for line in lines]


def test_what_is_left_out_of_a_drawing_is_counted_where_it_would_stand(failing: Outcome) -> None:
    everything = tree_text(failing)
    assert tree_text(failing, most=len(failing.receipts)) == everything
    drawn = [line.strip(" │") for line in tree_text(failing, most=3).splitlines()]
    assert [line.split()[1] for line in drawn if line.startswith(("└── #", "├── #"))] == ["#1", "#2", "#5"]
    assert [line for line in drawn if "more" in line] == ["└── … 2 more receipts", "└── … 1 more receipt", "└── … 1 more receipt"]
