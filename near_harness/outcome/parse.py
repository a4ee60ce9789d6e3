"""From the answer of ``EXPERIMENTAL_tx_status`` to the receipt tree: the only place that knows its JSON.

``receipts_outcome`` lists the outcomes depth first; ``receipts`` holds the receipts themselves, except that a
transaction from an account to itself leaves its first receipt out of the list, which is rebuilt from the transaction.
"""

from __future__ import annotations

import base64
from typing import Any

from near_harness.errors import RpcError
from near_harness.outcome.failures import parse_failure
from near_harness.outcome.model import Outcome
from near_harness.outcome.receipt import Action, Receipt, Refund
from near_harness.units import Amount, Gas

_DEPOSIT_FIELDS = ("deposit", "amount")
_PAYING_ACTIONS = ("Transfer", "FunctionCall", "TransferToGasKey", "DeterministicStateInit", "UniversalStateInit")


def parse_outcome(raw: dict[str, Any]) -> Outcome:
    """Build the tree from ``EXPERIMENTAL_tx_status`` at FINAL.

    :raises RpcError: where the answer holds no outcome, as at ``wait_until`` NONE.
    """
    if "transaction_outcome" not in raw:
        raise RpcError("EXPERIMENTAL_tx_status", "NO_OUTCOME", {}, raw)
    transaction, conversion = raw["transaction"], raw["transaction_outcome"]
    outcomes = {entry["id"]: entry for entry in raw["receipts_outcome"]}
    bodies = {receipt["receipt_id"]: receipt for receipt in raw.get("receipts", ())}
    first = next(iter(conversion["outcome"]["receipt_ids"]), None)
    if first is not None:
        bodies.setdefault(first, _first_receipt(first, transaction))
    value, failure = _result(raw["status"])
    outcome = Outcome(
        hash=transaction["hash"],
        signer=transaction["signer_id"],
        receiver=transaction["receiver_id"],
        root=None if first is None else _tree(first, bodies, outcomes),
        failure=failure,
        value=value,
        conversion_gas=Gas(conversion["outcome"]["gas_burnt"]),
        conversion_tokens=Amount(conversion["outcome"]["tokens_burnt"]),
        block_hash=conversion.get("block_hash"),
        raw=raw,
    )
    if failure is not None:
        failure.outcome, failure.transaction_hash = outcome, outcome.hash
    for receipt in outcome.receipts:
        receipt.outcome = outcome
        if receipt.how_failed is not None:
            receipt.how_failed.outcome, receipt.how_failed.transaction_hash = outcome, outcome.hash
    _link_callbacks(outcome.receipts)
    return outcome


def _tree(receipt_id: str, bodies: dict[str, Any], outcomes: dict[str, Any]) -> Receipt:
    root = _receipt(receipt_id, bodies.get(receipt_id), outcomes.get(receipt_id))
    todo = [root]
    while todo:
        parent = todo.pop()
        entry = outcomes.get(parent.id)
        for child_id in entry["outcome"]["receipt_ids"] if entry else ():
            child = _receipt(child_id, bodies.get(child_id), outcomes.get(child_id))
            child.parent = parent
            if child.refund is Refund.DEPOSIT and parent.how_failed is None:
                child.refund = Refund.DELETION
            parent.children.append(child)
            todo.append(child)
    return root


def _receipt(receipt_id: str, body: Any, entry: Any) -> Receipt:
    outcome = entry["outcome"] if entry else {}
    action = (body or {}).get("receipt", {}).get("Action", {})
    predecessor = (body or {}).get("predecessor_id", "?")
    status = outcome.get("status")
    value, failure = _result(status)
    signer = action.get("signer_id", "?")
    return Receipt(
        id=receipt_id,
        predecessor=predecessor,
        receiver=(body or {}).get("receiver_id") or outcome.get("executor_id", "?"),
        signer=signer,
        actions=tuple(map(parse_action, action.get("actions", ()))),
        executed=entry is not None,
        value=value,
        result_of=status.get("SuccessReceiptId") if isinstance(status, dict) else None,
        how_failed=failure,
        logs=tuple(outcome.get("logs", ())),
        gas_burnt=Gas(outcome.get("gas_burnt", 0)),
        tokens_burnt=Amount(outcome.get("tokens_burnt", 0)),
        costs=(outcome.get("metadata") or {}).get("gas_profile") or (),
        block_hash=entry.get("block_hash") if entry else None,
        refund=_refund(predecessor, signer),
        input_data_ids=tuple(action.get("input_data_ids", ())),
        output_data=tuple((to["data_id"], to["receiver_id"]) for to in action.get("output_data_receivers", ())),
        refund_to=action.get("refund_to"),
    )


def _refund(predecessor: str, signer: str) -> Refund | None:
    """Tell refunds apart: a gas refund keeps the transaction's signer, a deposit refund is signed by ``system``.

    So is what a deleted account had; only the receipt that it came from, which succeeded, tells it from a deposit.
    """
    if predecessor != "system":
        return None
    return Refund.DEPOSIT if signer == "system" else Refund.GAS


def parse_action(raw: Any) -> Action:
    """Read one action: a bare name (``"CreateAccount"``), or an object with one key."""
    if isinstance(raw, str):
        return Action(raw)
    kind, fields = next(iter(raw.items()))
    if not isinstance(fields, dict):
        return Action(kind, fields={"value": fields})
    paid = next((fields[name] for name in _DEPOSIT_FIELDS if name in fields), 0) if kind in _PAYING_ACTIONS else 0
    if kind == "Delegate":  # the relayer pays what the actions inside carry
        inside = fields.get("delegate_action", {}).get("actions", ())
        return Action(kind, deposit=sum((parse_action(action).deposit for action in inside), Amount(0)), fields=fields)
    if kind != "FunctionCall":
        return Action(kind, deposit=Amount(paid), fields=fields)
    args = base64.b64decode(fields["args"])
    return Action(kind, fields["method_name"], args, Gas(fields["gas"]), Amount(paid), fields)


def _result(status: Any) -> tuple[bytes | None, Any]:
    if not isinstance(status, dict):
        return None, None
    if "Failure" in status:
        return None, parse_failure(status["Failure"])
    value = status.get("SuccessValue")
    return (None if value is None else base64.b64decode(value)), None


def _first_receipt(receipt_id: str, transaction: dict[str, Any]) -> dict[str, Any]:
    return {
        "receipt_id": receipt_id,
        "predecessor_id": transaction["signer_id"],
        "receiver_id": transaction["receiver_id"],
        "receipt": {"Action": {"signer_id": transaction["signer_id"], "actions": transaction["actions"]}},
    }


def _link_callbacks(receipts: tuple[Receipt, ...]) -> None:
    """Connect each callback with the promises it reads, in the order in which it reads them.

    A promise that returns another promise hands its data receivers on, so several receipts may name one data id: the
    first of the tree is the one that the callback was attached to.
    """
    source: dict[str, Receipt] = {}
    for receipt in receipts:
        for data_id, _ in receipt.output_data:
            source.setdefault(data_id, receipt)
    for receipt in receipts:
        receipt.callback_of = [source[data_id] for data_id in receipt.input_data_ids if data_id in source]
