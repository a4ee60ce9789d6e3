"""The ledger as tables: one line for each account, then the tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from near_harness.render.plain import plain_text
from near_harness.units import Amount

if TYPE_CHECKING:
    from near_harness.ledger.chain import Ledger

_MOST_OTHERS = 5
_COLUMNS = ("before", "paid", "received", "refunded", "reward", "gas", "after", "change")


def ledger_text(ledger: Ledger, *, most: int | None = None) -> str:
    """Draw the ledger as plain text, with not more than ``most`` accounts."""
    return plain_text(ledger_table(ledger, most=most))


def ledger_table(ledger: Ledger, *, most: int | None = None) -> Group:
    """Draw the ledger for a rich console: accounts in NEAR, the last line their sum; then storage and tokens."""
    rows = list(ledger.rows.values())
    extra = [name for name in ("others", "unexplained") if any(getattr(row, name) != 0 for row in rows)]
    table = Table("account", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in (*_COLUMNS, *extra, "storage"):
        table.add_column(heading, justify="right")
    for row in rows[:most]:
        before, after = (holding.balance.short if holding else "none" for holding in (row.before, row.after))
        cells = [row.account, before, *map(_cell, (-row.paid, row.received, row.refunded, row.reward, -row.gas)), after]
        more = (_cell(getattr(row, name)) for name in extra)
        table.add_row(*cells, _coloured(row.change), *more, f"{row.storage_change:+} B" if row.storage_change else "")
    if len(rows) > len(rows[:most]):
        table.add_row(f"… {len(rows) - len(rows[:most])} more", style="dim")
    nothing = Amount(0)
    sums = [
        sum(values, nothing)
        for values in zip(*((-r.paid, r.received, r.refunded, r.reward, -r.gas, r.change) for r in rows), strict=True)
    ]
    table.add_row("all together", "", *map(_cell, sums[:-1]), "", _coloured(sums[-1]), style="dim")
    tokens = (_token_line(token, moved, most) for token, moved in ledger.tokens.items())
    return Group(table, *tokens, *map(Text, others_told(ledger)))


def _cell(amount: Amount) -> str:
    return "" if amount == 0 else amount.signed.removesuffix(" NEAR")


def _coloured(amount: Amount) -> Text:
    return Text(_cell(amount), "" if amount == 0 else "green" if amount > 0 else "red")


def others_told(ledger: Ledger) -> list[str]:
    """Who else moved the accounts' money in the blocks of the transaction, a line for each account; or why that is not known."""
    if ledger.others_unknown:
        return [f"what others moved in these blocks is not known: {ledger.others_unknown}"]
    lines = []
    for row in ledger.rows.values():
        left = len(row.by_others) - _MOST_OTHERS
        names = (*row.by_others[:_MOST_OTHERS], *((f"{left} more",) if left > 0 else ()))
        if names:
            lines.append(f"others: {row.account} {row.others.signed} in the same blocks, by {', '.join(names)}")
    return lines


def _token_line(token: str, moved: dict[str, int], most: int | None) -> Text:
    told = [f"{account} {amount:+,}" for account, amount in moved.items()]
    left = len(told) - len(told[:most])
    return Text(f"token {token}: " + ", ".join([*told[:most], *([f"… {left} more"] if left else [])]))
