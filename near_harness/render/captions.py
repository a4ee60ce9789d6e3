"""What every drawing of a transaction needs: the order in time, the accounts, a short caption for a receipt."""

from __future__ import annotations

from near_harness.errors import HarnessError
from near_harness.outcome.model import Outcome
from near_harness.outcome.receipt import Receipt, Refund

_METHODS = 3


def in_time(outcome: Outcome) -> list[Receipt]:
    """The receipts by the blocks in which they ran; in the order of the tree within a block, and where no block is known."""
    heights = _heights(outcome)
    last = max(heights.values(), default=0) + 1
    return sorted(outcome.receipts, key=lambda receipt: heights.get(receipt.block_hash or "", last))


def blocks_later(outcome: Outcome, receipt: Receipt) -> int | None:
    """How many blocks after the transaction's block a receipt ran; None where that is not known."""
    heights = _heights(outcome)
    if receipt.block_hash not in heights or outcome.block_hash not in heights:
        return None
    return heights[receipt.block_hash] - heights[outcome.block_hash]


def lanes(outcome: Outcome) -> list[str]:
    """The accounts in the order in which they appear, ``system`` last where the protocol itself sent something."""
    accounts = list(outcome.accounts)
    return [*accounts, "system"] if any(receipt.predecessor == "system" for receipt in outcome.receipts) else accounts


def caption(receipt: Receipt) -> str:
    """What a receipt does, in a few words: its methods or actions, and the money that it carries."""
    if receipt.refund is Refund.DELETION:
        return f"the deleted account's {receipt.deposit.short}"
    if receipt.refund is not None:
        return f"{receipt.refund.value} refund {receipt.deposit.short}"
    names = [action.method or action.kind for action in receipt.actions]
    more = f" and {len(names) - _METHODS} more" if len(names) > _METHODS else ""
    money = f" +{receipt.deposit.short}" if receipt.deposit else ""
    return f"{', '.join(names[:_METHODS]) or 'no action'}{more}{money}"


def _heights(outcome: Outcome) -> dict[str, int]:
    if outcome.ledger is None:
        return {}
    try:
        return outcome.ledger.heights
    except HarnessError:  # the chain was rolled back, or the node is gone
        return {}
