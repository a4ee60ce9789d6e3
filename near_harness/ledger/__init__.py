"""Where the money of a transaction went: movements from its receipts, balances and state from the node's blocks."""

from near_harness.ledger.accounts import AccountRow, Holding
from near_harness.ledger.chain import Ledger
from near_harness.ledger.movements import Cause, Movement, movements, receipt_reward
from near_harness.ledger.tokens import token_changes

__all__ = ["AccountRow", "Cause", "Holding", "Ledger", "Movement", "movements", "receipt_reward", "token_changes"]
