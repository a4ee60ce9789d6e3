"""The table in the terminal, with bars: of a promise how much of it is used up, of the same work of several how long each is."""

from __future__ import annotations

from collections.abc import Sequence

from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rows import Row, figure, sections, times_ours, works

_BAR = 30


def show(rows: Sequence[Row], console: Console | None = None) -> None:
    """Print the table."""
    console = console or Console(width=150)
    for section, found in sections(rows):
        console.print(Text(f"\n{section.value}", "bold"))
        console.print(_compared(found) if section.compares else _promised(found))


def _promised(rows: Sequence[Row]) -> Table:
    table = _table("measured", "value", "at most", "used up", "")
    for row in rows:
        most = "" if row.most is None else f"{row.most:g} {row.unit}"
        style = "" if row.kept else "bold red"
        used, share = (f"{row.value / row.most:.0%}", _bar(row.value, row.most)) if row.most and row.value else ("", "")
        table.add_row(row.name, Text(row.shown, style), most, Text(used, style), share)
    return table


def _compared(rows: Sequence[Row]) -> Table:
    table = _table("measured", "by", "value", "times ours", "")
    for name, beside in works(rows):
        longest = max((row.value for row in beside if row.value is not None), default=0.0)
        for number, row in enumerate(beside):
            times = times_ours(row, beside)
            shown = "" if times is None else figure(times)
            bar = Text(row.why, "dim") if row.value is None else _bar(row.value, longest)
            table.add_row(name if number == 0 else "", row.by, "" if row.value is None else row.shown, shown, bar)
    return table


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading, justify="right" if heading in {"value", "at most", "times ours", "used up"} else "left")
    return table


def _bar(value: float, whole: float) -> Bar:
    return Bar(whole, 0, min(value, whole), width=_BAR, color="cyan" if value <= whole else "red")
