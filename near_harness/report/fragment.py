"""One transaction as a piece of HTML: picture, receipt tree, ledger, gas and logs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from near_harness.errors import HarnessError
from near_harness.gas.use import gas_uses, profile
from near_harness.ledger import Ledger
from near_harness.outcome.model import Outcome
from near_harness.render.ledger import others_told
from near_harness.render.mermaid import mermaid
from near_harness.render.svg import svg
from near_harness.render.tree import tree_text
from near_harness.units import Amount

_HOST_FUNCTIONS = 12
_COLUMNS = ("account", "before", "paid", "received", "refunded", "reward", "gas", "after", "change", "storage")


def transaction(outcome: Outcome, called: str) -> str:
    """Draw a transaction. The ledger is read from the node now, so this is called before the chain goes back."""
    inside = [receipt for receipt in outcome.receipts if receipt.how_failed is not None]
    state = "failed" if outcome.failure is not None else "mixed" if inside else "passed"
    said = outcome.failure.message if outcome.failure is not None else f"{len(inside)} failed inside" if inside else "succeeded"
    return (
        f'<details class="tx {state}"{" open" if state != "passed" else ""}><summary><code>{escape(called)}</code>'
        f'<span class="said">{escape(said)}</span><span class="cost">{escape(outcome.gas_burnt.short)}, '
        f"{escape(outcome.tokens_burnt.short)}</span></summary>"
        f'<div class="scroll">{svg(outcome)}</div>'
        f"<h4>Receipts</h4><pre>{escape(tree_text(outcome))}</pre>"
        f"<h4>Ledger (NEAR)</h4>{ledger_table(outcome.ledger)}"
        f"<h4>Gas</h4>{gas_table(outcome)}"
        f"{_logs(outcome)}"
        f"<details><summary>Mermaid</summary><pre>{escape(mermaid(outcome))}</pre></details></details>"
    )


def ledger_table(ledger: Ledger | None) -> str:
    """Draw what happened to the accounts, or say why that cannot be read."""
    if ledger is None:
        return "<p>not connected with a node</p>"
    try:
        rows = list(ledger.rows.values())
    except HarnessError as error:
        return f"<p>cannot be read: {escape(str(error))}</p>"
    lines = [
        (
            row.account,
            row.before.balance.short if row.before else "none",
            *map(_money, (-row.paid, row.received, row.refunded, row.reward, -row.gas)),
            row.after.balance.short if row.after else "none",
            _money(row.change),
            f"{row.storage_change:+} B" if row.storage_change else "",
        )
        for row in rows
    ]
    tokens = "".join(
        f"<p>Token <code>{escape(token)}</code>: "
        + ", ".join(f"{escape(account)} {amount:+,}" for account, amount in moved.items())
        + "</p>"
        for token, moved in ledger.tokens.items()
    )
    others = "".join(f"<p>{escape(line)}</p>" for line in others_told(ledger))
    return _table(_COLUMNS, lines) + tokens + others


def _money(amount: Amount) -> str:
    return "" if amount == 0 else amount.signed.removesuffix(" NEAR")


def gas_table(outcome: Outcome) -> str:
    """Draw the gas of each hop, and what the most expensive host functions took."""
    uses = gas_uses(outcome)
    if not uses:
        return "<p>no method was called</p>"
    head = "".join(f"<th>{name}</th>" for name in ("receipt", "attached", "burnt with fees", "passed on", "left", "used"))
    rows = "".join(
        f'<tr class="{"tight" if use.is_tight else ""}"><td>{escape(str(use.receipt))}</td>'
        + "".join(f"<td>{escape(gas.short)}</td>" for gas in (use.attached, use.burnt, use.passed_on, use.left))
        + f'<td><meter min="0" max="1" value="{1 - use.spare:.3f}"></meter> {1 - use.spare:.0%}</td></tr>'
        for use in uses
    )
    costs = list(profile(*outcome.receipts).items())[:_HOST_FUNCTIONS]
    functions = _table(("host function or action", "gas"), [(name.lower(), gas.short) for name, gas in costs])
    return (
        f'<div class="scroll"><table><tr>{head}</tr>{rows}</table></div>'
        f"<details><summary>most expensive host functions</summary>{functions}</details>"
    )


def _logs(outcome: Outcome) -> str:
    if not outcome.logs:
        return ""
    return f"<h4>Logs</h4><pre>{escape(chr(10).join(outcome.logs))}</pre>"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'
