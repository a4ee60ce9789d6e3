"""A transaction as a Mermaid sequence diagram, which GitHub and many editors draw: accounts side by side, receipts as arrows."""

from __future__ import annotations

from near_harness.outcome.model import Outcome
from near_harness.outcome.receipt import Receipt
from near_harness.render.captions import caption, in_time, lanes


def mermaid(outcome: Outcome) -> str:
    """Write the diagram as Mermaid text, receipts in the order in which they ran as far as it is known.

    Arrows: solid for receipts, dashed for refunds, with a cross where a receipt failed.
    """
    names = {account: f"p{number}" for number, account in enumerate(lanes(outcome))}
    lines = ["sequenceDiagram"]
    lines += [f"    participant {name} as {_safe(account)}" for account, name in names.items()]
    for receipt in in_time(outcome):
        sender, receiver = names[receipt.predecessor], names[receipt.receiver]
        lines.append(f"    {sender}{_arrow(receipt)}{receiver}: {_safe(caption(receipt))}")
        if receipt.how_failed is not None:
            lines.append(f"    Note over {receiver}: {_safe(receipt.how_failed.message)}")
    return "\n".join(lines) + "\n"


def _arrow(receipt: Receipt) -> str:
    if receipt.how_failed is not None:
        return "-x" if receipt.refund is None else "--x"
    return "->>" if receipt.refund is None else "-->>"


def _safe(text: str) -> str:
    """Write ``#`` and ``;``, which Mermaid reads as its own, as entities; a message is one line."""
    return "".join({"#": "#35;", ";": "#59;"}.get(character, character) for character in " ".join(text.split()))
