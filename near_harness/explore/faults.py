"""Receipts that are made to fail: the receiver is missing, has no contract, or runs another one, for this receipt only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from near_harness.explore.moves import Move

_NO_METHODS = b"\0asm\1\0\0\0"
"""The smallest WebAssembly module: it exports nothing."""


@dataclass(frozen=True)
class Fault:
    """What is wrong, by its name."""

    name: str

    def on(self, move: Move) -> bytes | Literal["absent", "no code"]:  # noqa: ARG002 - other faults depend on the method
        """What the engine is to do with the receiver of a receipt."""
        if self.name == "account_missing":
            return "absent"
        if self.name == "code_missing":
            return "no code"
        return _NO_METHODS
