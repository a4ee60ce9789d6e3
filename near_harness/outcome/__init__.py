"""What came of a transaction: its tree of receipts, built once from the node's JSON-RPC answer."""

from near_harness.outcome.events import Event
from near_harness.outcome.model import Outcome
from near_harness.outcome.parse import parse_outcome
from near_harness.outcome.receipt import Action, Receipt, Refund

__all__ = ["Action", "Event", "Outcome", "Receipt", "Refund", "parse_outcome"]
