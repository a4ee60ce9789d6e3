"""What came of a transaction: its tree of receipts, built once from the node's JSON-RPC answer."""

from near_harness.outcome.model import Action, Event, Outcome, Receipt, Refund
from near_harness.outcome.parse import parse_outcome

__all__ = ["Action", "Event", "Outcome", "Receipt", "Refund", "parse_outcome"]
