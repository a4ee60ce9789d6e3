"""The receipt tree as text, plain for a failing test and coloured for a terminal."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from near_harness.outcome.model import Outcome, Receipt, Refund, read_event

if TYPE_CHECKING:
    from collections.abc import Collection

_SHOWN_BYTES = 160
_REFUNDS = {
    Refund.DEPOSIT: "deposit of the failed receipt",
    Refund.GAS: "gas",
    Refund.DELETION: "what the deleted account had",
}


def tree_text(outcome: Outcome, *, marked: Collection[Receipt] = ()) -> str:
    """Draw the tree as plain text; the receipts in ``marked`` get an arrow."""
    out = io.StringIO()
    console = Console(file=out, width=10_000, color_system=None, highlight=False, markup=False, emoji=False)
    console.print(tree(outcome, marked=marked))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def tree(outcome: Outcome, *, marked: Collection[Receipt] = ()) -> Tree:
    """Draw the tree for a rich console."""
    head = Text.assemble(
        ("transaction ", "dim"), (outcome.hash, "dim"), f"  {outcome.signer} -> {outcome.receiver}  ", _result(outcome)
    )
    head.append(f"  {outcome.gas_burnt.short} burnt, {outcome.tokens_burnt.short}", "dim")
    drawn = Tree(head, guide_style="dim")
    numbers = {receipt: number for number, receipt in enumerate(outcome.receipts, 1)}
    if outcome.root is not None:
        _add(drawn, outcome.root, numbers, marked)
    return drawn


def _add(branch: Tree, receipt: Receipt, numbers: dict[Receipt, int], marked: Collection[Receipt]) -> None:
    label = _label(receipt, numbers)
    if receipt in marked:
        label = Text.assemble(("==> ", "bold yellow"), label)
    for detail, style in _details(receipt):
        label.append(f"\n    {detail}", style)
    node = branch.add(label)
    for child in receipt.children:
        _add(node, child, numbers, marked)


def _label(receipt: Receipt, numbers: dict[Receipt, int]) -> Text:
    if receipt.refund is not None:
        why = _REFUNDS[receipt.refund]
        text = Text.assemble(
            (f"#{numbers[receipt]} ", "dim"),
            ("refund ", "cyan"),
            f"{receipt.deposit.short} to {receipt.receiver} ({why})",
        )
        if not receipt.succeeded:
            text.append("  " + _status(receipt), _style(receipt))
        return text
    what = " + ".join(_action_text(receipt)) or "no action"
    text = Text.assemble((f"#{numbers[receipt]} ", "dim"), (receipt.receiver, "bold"), f": {what}")
    text.append(f"  from {receipt.predecessor}", "dim")
    if receipt.callback_of:
        text.append("  callback of " + ", ".join(f"#{numbers[source]}" for source in receipt.callback_of), "magenta")
    if receipt.deposit:
        text.append(f"  +{receipt.deposit.short}", "yellow")
    gas = f"{receipt.gas_burnt.short}" + (f" of {receipt.gas.short}" if receipt.gas else "")
    text.append(f"  {gas}", "dim")
    text.append("  " + _status(receipt), _style(receipt))
    return text


def _action_text(receipt: Receipt) -> list[str]:
    shown = []
    for action in receipt.actions:
        args = ""
        if action.args:
            args = action.args.decode("utf-8", "replace") if action.args[:1] in b'{["' else action.args.hex()
            args = args if len(args) <= _SHOWN_BYTES else args[:_SHOWN_BYTES] + "…"
        shown.append(f"{action.method}({args})" if action.method else action.kind)
    return shown


def _details(receipt: Receipt) -> list[tuple[str, str]]:
    lines = [(_log_text(log), "blue") for log in receipt.logs]
    if receipt.failure is not None and receipt.refund is None:
        lines.append(("its changes were rolled back", "red"))
    return lines


def _log_text(log: str) -> str:
    event = read_event(log)
    if event is None:
        return f"log: {log}"
    return f"event: {event.event} {json.dumps(event.data, ensure_ascii=False)} ({event.standard} {event.version})"


def _status(receipt: Receipt) -> str:
    if not receipt.executed:
        return "not executed"
    if receipt.failure is not None:
        return f"FAILED {receipt.failure.message}"
    if receipt.value is None:
        return "ok -> its promise's result"
    value = receipt.value.decode("utf-8", "replace")
    value = value if len(value) <= _SHOWN_BYTES else value[:_SHOWN_BYTES] + "…"
    return f"ok -> {value}" if value else "ok"


def _style(receipt: Receipt) -> str:
    return "bold red" if receipt.failed else "green" if receipt.executed else "yellow"


def _result(outcome: Outcome) -> Text:
    if outcome.failure is not None:
        return Text("FAILED", "bold red")
    inside = len(outcome.failed_receipts)
    return Text("succeeded", "bold green") if not inside else Text(f"succeeded, {inside} failed inside", "bold yellow")
