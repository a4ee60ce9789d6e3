"""The page: a list of tests with their transactions, style and all in one file, light and dark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from near_harness.report.style import STYLE


@dataclass(frozen=True)
class TestSection:
    """One test of the report. ``transactions`` are pieces of HTML, ``failure`` the text of a test that failed."""

    __test__ = False

    name: str
    outcome: str
    seconds: float
    transactions: Sequence[str]
    failure: str = ""


def page(tests: Sequence[TestSection], node: str) -> str:
    """Write the page of a run on a kind of node."""
    counts = Counter(test.outcome for test in tests)
    summary = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items())) or "no tests"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>near-harness: {escape(summary)}</title><style>{STYLE}</style></head><body>"
        f'<h1>{escape(summary)}</h1><p class="about">{escape(node)}</p>'
        f"{''.join(map(_section, tests))}</body></html>\n"
    )


def _section(test: TestSection) -> str:
    failure = f"<h4>Failure</h4><pre>{escape(test.failure)}</pre>" if test.failure else ""
    number = len(test.transactions)
    sent = "1 transaction" if number == 1 else f"{number} transactions"
    return (
        f'<details class="test"{" open" if test.outcome == "failed" else ""}><summary>'
        f'<span class="mark {escape(test.outcome)}">{escape(test.outcome)}</span><code>{escape(test.name)}</code>'
        f'<span class="cost">{sent}, {test.seconds * 1000:.0f} ms</span></summary>{failure}{"".join(test.transactions)}</details>'
    )
