"""What a bundle keeps of an outcome."""

from __future__ import annotations

from recorded import answer

from near_harness.bundles.seen import seen
from near_harness.outcome.parse import parse_outcome


def test_a_receipt_that_did_not_run_is_told_from_one_that_succeeded() -> None:
    raw = answer("query a pool")
    whole = [receipt["status"] for receipt in seen(parse_outcome(raw))["receipts"]]
    assert "not executed" not in whole
    raw["receipts_outcome"] = raw["receipts_outcome"][:1]
    raw["status"] = "Started"
    first, *others = [receipt["status"] for receipt in seen(parse_outcome(raw))["receipts"]]
    assert first != "not executed"
    assert others == ["not executed"] * 3
