"""What came of a transaction, as plain values that two kinds of node can be compared by: no hashes, no ids."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from near_harness.outcome import Outcome, Receipt

Seen = dict[str, Any]


def seen(outcome: Outcome) -> Seen:
    """Tell the result and each receipt, in the order of the tree; receipts are named by their place in it, from 1 on."""
    receipts = outcome.receipts
    places = {receipt.id: place for place, receipt in enumerate(receipts, 1)}
    return {
        "status": _status(outcome.value, outcome.failure, None),
        "gas_burnt": int(outcome.gas_burnt),
        "tokens_burnt": str(int(outcome.tokens_burnt)),
        "receipts": [_receipt(receipt, places) for receipt in receipts],
    }


def refused(error: BaseException) -> Seen:
    """Tell why there is no outcome: the protocol's refusal, or the name of any other error."""
    raw = getattr(error, "raw", None)
    return {"refused": raw} if isinstance(raw, dict) else {"error": type(error).__name__}


def _receipt(receipt: Receipt, places: dict[str, int]) -> Seen:
    found: Seen = {
        "from": receipt.predecessor,
        "to": receipt.receiver,
        "does": [action.method or action.kind for action in receipt.actions],
        "status": _status(receipt.value, receipt.how_failed, places.get(receipt.result_of or "")),
        "gas_burnt": int(receipt.gas_burnt),
        "tokens_burnt": str(int(receipt.tokens_burnt)),
    }
    if receipt.parent is not None:
        found["made_by"] = places[receipt.parent.id]
    if receipt.refund is not None:
        found["refund"] = receipt.refund.value
    if receipt.deposit:
        found["deposit"] = str(int(receipt.deposit))
    if receipt.logs:
        found["logs"] = list(receipt.logs)
    if not receipt.executed:
        found["status"] = "not executed"
    return found


def _status(value: bytes | None, failure: Any, result_of: int | None) -> Any:
    if failure is not None:
        return {"failure": failure.raw}
    if result_of is not None:
        return {"result_of": result_of}
    return {"value": base64.b64encode(value).decode()} if value else "succeeded"
