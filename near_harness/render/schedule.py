"""A finding as text: the line to paste back, a lane for each account, a row for each receipt, the nearest order that is fine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from near_harness.render.plain import plain_text

if TYPE_CHECKING:
    from near_harness.explore.report import Finding
    from near_harness.explore.trace import Line, Trace

_LANE, _FIRST_COLUMN, _LONGEST = 46, 16, 90


def finding_text(finding: Finding) -> str:
    """Draw a finding as plain text."""
    lanes = len({*lanes_of(finding.trace), *(lanes_of(finding.good) if finding.good else ())})
    width = max(_FIRST_COLUMN + lanes * (_LANE + 3), len(finding.schedule), *map(len, finding.transactions)) + 2
    return plain_text(finding_drawing(finding), width)


def finding_drawing(finding: Finding) -> RenderableType:
    """Draw a finding for a rich console."""
    head = Text.assemble((f"{finding.oracle}: ", "bold red"), finding.text)
    parts: list[RenderableType] = [head, Text("transactions", "bold")]
    parts += [Text(f"  {text}") for text in finding.transactions]
    parts += [Text("an order of receipts that gives it", "bold"), lanes_drawing(finding.trace)]
    if finding.good is not None:
        parts += [Text("the nearest one-at-a-time order, in which it is not so", "bold"), lanes_drawing(finding.good)]
    parts += [Text("to run it again", "bold"), Text(f"  --near-schedule='{finding.schedule}'")]
    return Group(*parts)


def lanes_of(trace: Trace) -> list[str]:
    """The accounts at which receipts run, in the order in which they appear."""
    return list(dict.fromkeys(line.place for line in trace.lines))


def lanes_drawing(trace: Trace) -> Table:
    """Draw a trace: a column for each account."""
    lanes = lanes_of(trace)
    table = Table("receipt", *lanes, box=box.SIMPLE, pad_edge=False, header_style="bold")
    for column in table.columns[1:]:
        column.width, column.overflow = _LANE, "fold"
    for line in trace.lines:
        cells = ["", *("" for _ in lanes)]
        row: list[RenderableType] = list(cells)
        row[0] = Text(line.name + (f"!{line.fault}" if line.fault else ""), "yellow" if line.fault else "dim")
        row[1 + lanes.index(line.place)] = _cell(line)
        table.add_row(*row)
    return table


def _cell(line: Line) -> Text:
    text = Text(("callback " if line.callback else "") + _cut(line.what), "magenta" if line.callback else "bold")
    if line.wrong:
        text.append(f"\nFAILED {_cut(line.wrong)}", "bold red")
    for said in line.logs:
        text.append(f"\nlog: {_cut(said)}", "blue")
    for change in change_texts(line):
        text.append(f"\n{change}", "dim")
    return text


def change_texts(line: Line) -> Sequence[str]:
    """What a receipt changed, a text for each piece; the account is named where it is not the receiver."""
    texts = []
    for change in line.changes:
        where = "" if change.account == line.place else f"{change.account} "
        what = f"{where}{change.key or 'money'}"
        texts.append(f"{_cut(what)}: {_cut(change.before)} → {_cut(change.after)}")
    return texts


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
