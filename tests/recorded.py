"""Outcomes that a nearcore sandbox node answered (protocol 86), brought back into the form of its JSON-RPC.

In ``tests/data`` ids stand as labels (``r0``, ``r1``, …), and which data id a receipt sends is left out: only to whom.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@cache
def suite(name: str) -> dict[str, Any]:
    """A recorded suite: ``accounts`` and ``steps``."""
    found: dict[str, Any] = json.loads((_DATA / f"{name}.json").read_text())
    return found


def step(note: str) -> dict[str, Any]:
    """A step of the deposit-and-stake suite, by the beginning of its note."""
    return next(step for step in suite("deposit_and_stake")["steps"] if step["note"].startswith(note))


def answer(note: str) -> dict[str, Any]:
    """The answer of ``EXPERIMENTAL_tx_status`` for a step."""
    found = step(note)
    result, sent = found["expect"]["result"], found["tx"]
    receipts = [_receipt(receipt) for receipt in result["receipts"]]
    _name_data(receipts)
    return {
        "final_execution_status": "FINAL",
        "status": result["status"],
        "transaction": {
            "hash": result["transaction"]["id"],
            "signer_id": sent["signer"],
            "receiver_id": sent["receiver"],
            "actions": sent["actions"],
        },
        "transaction_outcome": _outcome(result["transaction"]),
        "receipts_outcome": [_outcome(outcome) for outcome in result["outcomes"]],
        "receipts": receipts,
    }


def balances_before_and_after(note: str) -> dict[str, tuple[int, int]]:
    """What the accounts of the suite held before a step and after it, in yoctoNEAR."""
    steps = suite("deposit_and_stake")["steps"]
    at = steps.index(step(note))
    before, after = (steps[index]["expect"]["accounts"] for index in (at - 1, at))
    return {name: (int(before[name]["amount"]), int(after[name]["amount"])) for name in after}


def _outcome(entry: dict[str, Any]) -> dict[str, Any]:
    profile = [{"cost_category": kind, "cost": cost, "gas_used": gas} for kind, cost, gas in entry["gas_profile"]]
    kept = {key: entry[key] for key in ("logs", "receipt_ids", "gas_burnt", "tokens_burnt", "status")}
    return {
        "id": entry["id"],
        "block_hash": "b1",
        "outcome": {**kept, "executor_id": entry["executor"], "metadata": {"gas_profile": profile}},
    }


def _receipt(entry: dict[str, Any]) -> dict[str, Any]:
    body = entry["body"]
    action = {
        "signer_id": body["signer"],
        "actions": body["actions"],
        "input_data_ids": body["inputs"],
        "output_data_receivers": [{"data_id": "?", "receiver_id": to["to"]} for to in body["outputs"]],
        "refund_to": body["refund_to"],
    }
    return {
        "receipt_id": entry["id"],
        "predecessor_id": entry["predecessor"],
        "receiver_id": entry["receiver"],
        "receipt": {"Action": action},
    }


def _name_data(receipts: list[dict[str, Any]]) -> None:
    waiting = [(r["receiver_id"], data_id) for r in receipts for data_id in r["receipt"]["Action"]["input_data_ids"]]
    for receipt in receipts:
        for output in receipt["receipt"]["Action"]["output_data_receivers"]:
            found = next(entry for entry in waiting if entry[0] == output["receiver_id"])
            waiting.remove(found)
            output["data_id"] = found[1]
