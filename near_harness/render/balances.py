"""Balances before and after, as a table."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from near_harness.units import Amount


def balance_table(rows: Iterable[tuple[str, Amount, Amount]]) -> Table:
    """Draw rows of what, before and after (yoctoNEAR) with the change, in NEAR."""
    table = Table("", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("before", "after", "change"):
        table.add_column(heading, justify="right")
    for what, before, after in rows:
        change = after - before
        style = "dim" if change == 0 else "green" if change > 0 else "red"
        shown = "" if change == 0 else change.signed
        table.add_row(what, before.short, after.short, Text(shown, style))
    return table
