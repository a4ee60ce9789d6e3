"""Outcomes and ledgers as a notebook shows them: HTML without anything from elsewhere, in the colours of the notebook."""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING

from rich.console import Console
from rich.style import Style

from near_harness.render.svg import svg
from near_harness.render.tree import result_text, tree
from near_harness.report.fragment import gas_table, ledger_table

if TYPE_CHECKING:
    from near_harness.ledger import Ledger
    from near_harness.outcome.model import Outcome

_CLASSES = {"green": "good", "red": "bad", "yellow": "warn", "cyan": "refund", "blue": "refund", "magenta": "callback"}

STYLE = """
.near-harness { --paper: var(--jp-layout-color0, var(--vscode-editor-background, #ffffff));
  --ink: var(--jp-content-font-color1, var(--vscode-editor-foreground, #1f2328));
  --soft: #656d76; --line: #d1d9e0; --box: #f6f8fa;
  --good: #1a7f37; --bad: #cf222e; --warn: #9a6700; --refund: #0969da; --callback: #8250df;
  color: var(--ink); background: var(--paper); font: 13px/1.5 system-ui, sans-serif; padding: .2rem 0 }
[data-jp-theme-light="false"] .near-harness, .vscode-dark .near-harness { color-scheme: dark;
  --soft: #9198a1; --line: #3d444d; --box: #1c2128;
  --good: #3fb950; --bad: #f85149; --warn: #d29922; --refund: #58a6ff; --callback: #bc8cff }
.near-harness .head { display: flex; flex-wrap: wrap; gap: .2rem .9rem; align-items: baseline }
.near-harness pre, .near-harness code { font: 12px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; color: var(--ink) }
.near-harness pre { overflow-x: auto; white-space: pre; background: var(--box); border: 1px solid var(--line);
  border-radius: 6px; padding: .6rem .8rem; margin: .4rem 0 }
.near-harness details { margin: .2rem 0 } .near-harness summary { cursor: pointer; color: var(--soft) }
.near-harness .scroll { overflow-x: auto } .near-harness svg { display: block; margin: .4rem 0 }
.near-harness table { border-collapse: collapse; margin: .3rem 0; font-size: 12px; font-variant-numeric: tabular-nums }
.near-harness tr, .near-harness td, .near-harness th { background: none; color: var(--ink) }
.near-harness th, .near-harness td { text-align: right; padding: .2rem .8rem .2rem 0; border: 0;
  border-bottom: 1px solid var(--line); white-space: nowrap }
.near-harness table th { color: var(--soft); font-weight: 600 }
.near-harness table tr.tight td { color: var(--warn) } .near-harness meter { width: 80px }
.near-harness th:first-child, .near-harness td:first-child { text-align: left }
.near-harness .good { color: var(--good) } .near-harness .bad { color: var(--bad) } .near-harness .warn { color: var(--warn) }
.near-harness .refund { color: var(--refund) } .near-harness .callback { color: var(--callback) }
.near-harness .dim, .near-harness .cost, .near-harness .hash { color: var(--soft) } .near-harness .bold { font-weight: 600 }
.near-harness .cost { margin-left: auto }
"""


def outcome_html(outcome: Outcome) -> str:
    """Draw an outcome: its result and its receipts at once; picture, ledger and gas where one opens them."""
    result = result_text(outcome)
    cost = f"{outcome.gas_burnt.short} burnt, {outcome.tokens_burnt.short}"
    return _framed(
        f'<div class="head"><span class="{_classes(result.style)}">{escape(result.plain)}</span>'
        f"<code>{escape(outcome.signer)} → {escape(outcome.receiver)}</code>"
        f'<code class="hash">{escape(outcome.hash)}</code>'
        f'<span class="cost">{escape(cost)}</span></div>'
        f"<pre>{_tree(outcome)}</pre>"
        f'<details><summary>picture</summary><div class="scroll">{svg(outcome)}</div></details>'
        f"<details><summary>ledger (NEAR)</summary>{ledger_table(outcome.ledger)}</details>"
        f"<details><summary>gas</summary>{gas_table(outcome)}</details>"
    )


def ledger_html(ledger: Ledger) -> str:
    """Draw a ledger: the accounts' money in NEAR, storage and tokens."""
    return _framed(ledger_table(ledger))


def _framed(content: str) -> str:
    return f'<div class="near-harness"><style>{STYLE}</style>{content}</div>'


def _tree(outcome: Outcome) -> str:
    """The receipts as the terminal has them, with classes in place of its colours; the line above them is the head."""
    console = Console(file=io.StringIO(), width=10_000, highlight=False, markup=False, emoji=False, force_jupyter=False)
    lines = []
    for line in console.render_lines(tree(outcome), pad=False)[1:]:
        pieces = [_piece(segment.text, segment.style) for segment in line]
        lines.append("".join(pieces).rstrip())
    return "\n".join(lines)


def _piece(text: str, style: Style | None) -> str:
    names = _classes(style) if style is not None and text.strip() else ""
    return f'<span class="{names}">{escape(text)}</span>' if names else escape(text)


def _classes(style: Style | str) -> str:
    known = Style.parse(style) if isinstance(style, str) else style
    names = [name for name in (_CLASSES.get(known.color.name, "") if known.color else "",) if name]
    return " ".join((*names, *(name for name, on in (("bold", known.bold), ("dim", known.dim)) if on)))
