"""Gas as tables: the hops of one transaction, and the methods of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from near_harness.render.columns import table_text
from near_harness.units import Gas

if TYPE_CHECKING:
    from near_harness.gas.record import GasEntry
    from near_harness.gas.use import GasUse


def gas_table_text(entries: Iterable[GasEntry]) -> str:
    """Draw one line for each method of a run: how often, what it burnt, and the least that was left of what it was given."""
    by_method: dict[str, list[GasEntry]] = {}
    for entry in entries:
        by_method.setdefault(entry.method, []).append(entry)
    rows = [(method, *_figures(found)) for method, found in by_method.items()]
    return table_text(("method", "receipts", "least", "average", "most", "attached", "to spare"), sorted(rows))


def hops_text(uses: Iterable[GasUse]) -> str:
    """Draw one line for each hop of a transaction."""
    rows = [
        (str(use.receipt), *(gas.short for gas in (use.attached, use.burnt, use.passed_on, use.left)), f"{use.spare:.0%}")
        for use in uses
    ]
    return table_text(("receipt", "attached", "burnt with fees", "passed on", "left", "to spare"), rows)


def _figures(found: list[GasEntry]) -> Sequence[str]:
    burnt = [entry.burnt for entry in found]
    spare = min((1 - entry.used / entry.attached for entry in found if entry.attached), default=0.0)
    shown = [Gas(gas).short for gas in (min(burnt), sum(burnt) // len(burnt), max(burnt), max(e.attached for e in found))]
    return (str(len(found)), *shown, f"{spare:.0%}")
