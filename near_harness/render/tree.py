"""The receipt tree as text, plain for a failing test and coloured for a terminal."""

from __future__ import annotations

import json
import re
from collections import Counter
from textwrap import indent
from typing import TYPE_CHECKING

from rich.text import Text
from rich.tree import Tree

from near_harness.outcome.events import read_event
from near_harness.outcome.model import Outcome
from near_harness.outcome.receipt import Receipt, Refund
from near_harness.render.plain import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

_SHOWN = 160
_SURELY = 4
"""So many failures, and so many callbacks, are drawn of a tree that is too big to be drawn."""
_RUST_PLACE = re.compile(r"(panicked at \S+:\d+:\d+:)\n")
_REFUNDS = {
    Refund.DEPOSIT: "deposit of the failed receipt",
    Refund.GAS: "gas",
    Refund.DELETION: "what the deleted account had",
}


def tree_text(outcome: Outcome, *, marked: Collection[Receipt] = (), most: int | None = None) -> str:
    """Draw the tree as plain text; the receipts in ``marked`` get an arrow, and not more than ``most`` are drawn."""
    return plain_text(tree(outcome, marked=marked, most=most))


def tree(outcome: Outcome, *, marked: Collection[Receipt] = (), most: int | None = None) -> Tree:
    """Draw the tree for a rich console."""
    head = Text.assemble(
        ("transaction ", "dim"), (outcome.hash, "dim"), f"  {outcome.signer} -> {outcome.receiver}  ", result_text(outcome)
    )
    head.append(f"  {outcome.gas_burnt.short} burnt, {outcome.tokens_burnt.short}", "dim")
    drawn = Tree(head, guide_style="dim")
    numbers = {receipt: number for number, receipt in enumerate(outcome.receipts, 1)}
    shown = set(numbers) if most is None else _telling(outcome.receipts, most)
    branches: dict[Receipt | None, Tree] = {None: drawn}
    left_out: Counter[Receipt | None] = Counter()
    for receipt in outcome.receipts:
        if receipt not in shown:
            left_out[next((above for above in _above(receipt) if above in shown), None)] += 1
            continue
        label = _label(receipt, numbers)
        if receipt in marked:
            label = Text.assemble(("==> ", "bold yellow"), label)
        for detail, style in _details(receipt, numbers):
            label.append(f"\n{indent(detail, '    ')}", style)
        branches[receipt] = branches[receipt.parent].add(label)
    for above, count in left_out.items():
        branches[above].add(Text(f"… {count} more receipt{'s' * (count != 1)}", "dim"))
    return drawn


def _telling(receipts: Sequence[Receipt], most: int) -> set[Receipt]:
    """So many receipts, each with those above it: some that failed and some callbacks, then whatever comes first."""
    failed = [receipt for receipt in receipts if receipt.how_failed is not None]
    callbacks = [receipt for receipt in receipts if receipt.callback_of]
    shown: set[Receipt] = set()
    for receipt in (*failed[:_SURELY], *callbacks[:_SURELY], *receipts):
        more = {receipt, *_above(receipt)} - shown
        if len(shown) + len(more) <= most:
            shown |= more
    return shown


def _above(receipt: Receipt) -> Iterator[Receipt]:
    """The receipts that led to one, the nearest first."""
    while receipt.parent is not None:
        receipt = receipt.parent
        yield receipt


def _label(receipt: Receipt, numbers: dict[Receipt, int]) -> Text:
    text = Text.assemble((f"#{numbers[receipt]} ", "dim"), (_state(receipt), _style(receipt)), " ")
    if receipt.refund is not None:
        refund = "" if receipt.refund is Refund.DELETION else "refund "
        return text.append(f"{refund}{receipt.deposit.short} to {receipt.receiver} ({_REFUNDS[receipt.refund]})", "cyan")
    text.append(receipt.receiver, "bold")
    text.append(f": {' + '.join(_action_text(receipt)) or 'no action'}")
    if receipt.deposit:
        text.append(f"  +{receipt.deposit.short}", "yellow")
    if receipt.callback_of:
        text.append("  callback of " + ", ".join(f"#{numbers[source]}" for source in receipt.callback_of), "magenta")
    # What is burnt has the fees of the receipt, for which nothing is attached: it may be the greater one.
    attached = f", {receipt.gas.short} attached" if receipt.gas else ""
    return text.append(f"  from {receipt.predecessor}, {receipt.gas_burnt.short} burnt{attached}", "dim")


def _action_text(receipt: Receipt) -> list[str]:
    shown = []
    for action in receipt.actions:
        args = ""
        if action.args:
            args = action.args.decode("utf-8", "replace") if action.args[:1] in b'{["' else action.args.hex()
            args = _cut(args)
        shown.append(f"{action.method}({args})" if action.method else action.kind)
    return shown


def _details(receipt: Receipt, numbers: dict[Receipt, int]) -> list[tuple[str, str]]:
    lines = [(_log_text(log), "blue") for log in receipt.logs]
    if receipt.how_failed is not None:
        undone = "; its changes were rolled back" if receipt.refund is None else "; the money is burnt"
        # Contracts in JavaScript panic with a stack trace, and Rust says the reason in the line after the place.
        message = _RUST_PLACE.sub(r"\1 ", receipt.how_failed.message.rstrip())
        first, line_end, trace = message.partition("\n")
        lines.append((f"{first}{undone}{line_end}{trace}", "red"))
    elif receipt.value:
        lines.append((f"returned {_cut(receipt.value.decode('utf-8', 'replace'))}", "green"))
    elif receipt.result_of is not None:
        number = next((number for other, number in numbers.items() if other.id == receipt.result_of), "?")
        lines.append((f"returned the result of #{number}", "dim"))
    return lines


def _log_text(log: str) -> str:
    event = read_event(log)
    if event is None:
        return f"log: {log}"
    return f"event: {event.event} {json.dumps(event.data, ensure_ascii=False)} ({event.standard} {event.version})"


def _state(receipt: Receipt) -> str:
    return "not executed" if not receipt.executed else "FAILED" if receipt.how_failed else "ok"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _style(receipt: Receipt) -> str:
    return "bold red" if receipt.how_failed else "green" if receipt.executed else "yellow"


def result_text(outcome: Outcome) -> Text:
    """Say in a word what came of the transaction, in its colour."""
    if outcome.failure is not None:
        return Text("FAILED", "bold red")
    inside = sum(receipt.how_failed is not None for receipt in outcome.receipts)
    return Text("succeeded", "bold green") if not inside else Text(f"succeeded, {inside} failed inside", "bold yellow")
