"""Whose a transaction is, among signers with the same key in event loops of several threads.

They may have read the same nonce from the chain. Two transactions that say the same with it have one hash and would be one: the
second would be answered with the outcome of the first, and never happen.
"""

from __future__ import annotations

import threading

_MOST = 1000
"""How many are remembered: a nonce that was read before so many others were used is refused anyway."""


class Claims:
    """The newest transactions of a node's client, by hash, each with the signer that has made it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owners: dict[str, object] = {}

    def claim(self, tx_hash: str, signer: object) -> bool:
        """Take a transaction for a signer; tell whether it is not another one's already."""
        with self._lock:
            if self._owners.setdefault(tx_hash, signer) is not signer:
                return False
            if len(self._owners) > _MOST:
                del self._owners[next(iter(self._owners))]
            return True

    def forget(self) -> None:
        """Let everything be anybody's again: the chain has gone back, or is another."""
        with self._lock:
            self._owners.clear()
