"""A finding as a page: the order of receipts with a lane for each account, and beside it the nearest order that is fine."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from near_harness.render.schedule import change_texts, lanes_of
from near_harness.report.style import STYLE

if TYPE_CHECKING:
    from near_harness.explore.report import Finding
    from near_harness.explore.trace import Line, Trace

_OWN_STYLE = """
body { max-width: none } .beside { display: flex; flex-wrap: wrap; gap: 2rem; align-items: flex-start }
.lanes td, .lanes th { text-align: left; vertical-align: top; white-space: normal; max-width: 24rem; padding-right: 1.2rem }
.lanes th { color: var(--ink) } .name { color: var(--soft); white-space: nowrap !important }
.name.fault { color: var(--warn); font-weight: 600 } .what { font-weight: 600 } .callback .what { color: var(--refund) }
.wrong { color: var(--bad) } .log { color: var(--refund) } .change { color: var(--soft) }
.lanes div { font: 12.5px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere }
"""


def page(*findings: Finding) -> str:
    """Write the page of one finding, or of several: one file that needs nothing else."""
    first = findings[0]
    title = f"{first.oracle}: {first.text.partition(chr(10))[0]}" if len(findings) == 1 else f"{len(findings)} findings"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}{_OWN_STYLE}</style></head><body>"
        f"{''.join(map(_finding, findings))}</body></html>\n"
    )


def _finding(finding: Finding) -> str:
    title, _, details = finding.text.partition("\n")
    transactions = "\n".join(finding.transactions)
    good = (
        ""
        if finding.good is None
        else f"<section><h4>The nearest order in which it is not so</h4>{_lanes(finding.good)}</section>"
    )
    return (
        f'<h1>{escape(finding.oracle)}: {escape(title)}</h1><p class="about">{escape(details)}</p>'
        f"<pre>{escape(finding.schedule)}\n\n{escape(transactions)}</pre>"
        f'<div class="beside"><section><h4>An order of receipts that gives it</h4>{_lanes(finding.trace)}</section>{good}</div>'
    )


def _lanes(trace: Trace) -> str:
    lanes = lanes_of(trace)
    head = "".join(f"<th>{escape(name)}</th>" for name in ("receipt", *lanes))
    rows = "".join(_row(line, lanes) for line in trace.lines)
    return f'<div class="scroll"><table class="lanes"><tr>{head}</tr>{rows}</table></div>'


def _row(line: Line, lanes: list[str]) -> str:
    fault = f"!{line.fault}" if line.fault else ""
    cells = "".join(f"<td>{_cell(line) if lane == line.place else ''}</td>" for lane in lanes)
    return f'<tr><td class="name{" fault" if fault else ""}">{escape(line.name + fault)}</td>{cells}</tr>'


def _cell(line: Line) -> str:
    parts = [("what", ("callback " if line.callback else "") + line.what)]
    if line.wrong:
        parts.append(("wrong", f"failed: {line.wrong}"))
    parts += [("log", log) for log in line.logs]
    parts += [("change", text) for text in change_texts(line)]
    inside = "".join(f'<div class="{kind}">{escape(text)}</div>' for kind, text in parts)
    return f'<div class="callback">{inside}</div>' if line.callback else inside
