"""Tables as plain text: the first column to the left, the others as is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from near_harness.render.plain import plain_text


def table_text(headings: Sequence[str], rows: Iterable[Sequence[str]], *, to_the_left: int = 1) -> str:
    """Draw a table. So many columns are to the left, those with numbers behind them to the right."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="left" if index < to_the_left else "right")
    for row in rows:
        table.add_row(*map(Text, row))
    return plain_text(table)
