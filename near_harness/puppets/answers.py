"""What a method of a puppet does when it is called: steps one after the other, and how it ends. Plain data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from near_harness.contract.arguments import plain_json
from near_harness.outcome.failures import ContractPanic, GasExceeded, TransactionFailed
from near_harness.outcome.failures.calls import GasLimitExceeded, WasmTrap
from near_harness.units import Amount, Gas

HUGE = 100_000
"""Bytes of a huge result: more than a caller expects, and affordable with the gas of a usual call."""


@dataclass(frozen=True)
class Log:
    """Write a log."""

    text: str


@dataclass(frozen=True)
class Burn:
    """Burn gas: at least so much, and less than 1 Ggas more."""

    gas: Gas


@dataclass(frozen=True)
class Transfer:
    """Send yoctoNEAR from the puppet's own balance; to whoever called where nobody is named."""

    amount: Amount
    to: str | None


@dataclass(frozen=True)
class MethodCall:
    """Call a method with a deposit in yoctoNEAR; with so much gas, or with an equal part of what is left where None."""

    method: str
    args: bytes
    deposit: Amount = Amount(0)
    gas: Gas | None = None


@dataclass(frozen=True)
class CallOut:
    """Call a contract, or whoever called where no receiver is named; then methods of the puppet itself, one after the other."""

    receiver: str | None
    call: MethodCall
    then: tuple[MethodCall, ...] = ()


def compact_json(value: Any, place: str) -> str:
    """Write a value as JSON without spaces, as near-sdk does.

    :raises InvalidArguments: where a value has no such form; ``place`` begins the text.
    """
    return json.dumps(plain_json(value, place), separators=(",", ":"), ensure_ascii=False)


Step = Log | Burn | Transfer | CallOut


@dataclass(frozen=True)
class Ending:
    """How a call ends. ``word`` names it in errors and tables."""

    word: ClassVar[str] = ""

    def explains(self, failure: TransactionFailed) -> bool:  # noqa: ARG002 - most endings are no failures
        """Whether a failure is what this ending is meant to be."""
        return False


@dataclass(frozen=True)
class Return(Ending):
    """Return bytes."""

    word = "returns"
    value: bytes

    @classmethod
    def of(cls, value: Any, place: str) -> Return:
        """Return a value as JSON, or bytes as they are.

        :raises InvalidArguments: where a value has no such form; ``place`` begins the text.
        """
        return cls(value if isinstance(value, bytes) else compact_json(value, place).encode())


@dataclass(frozen=True)
class ReturnMuch(Ending):
    """Return a JSON string of so many bytes."""

    word = "returns much"
    size: int


@dataclass(frozen=True)
class ReturnPromise(Ending):
    """Return the promise of the last call or transfer: the result of that becomes the result of this call."""

    word = "returns the promise"


@dataclass(frozen=True)
class Panic(Ending):
    """Panic with a text."""

    word = "panics"
    text: str

    def explains(self, failure: TransactionFailed) -> bool:
        """Whether it is a panic with this text."""
        return isinstance(failure, ContractPanic) and failure.text == self.text


@dataclass(frozen=True)
class Trap(Ending):
    """Reach an instruction that must not be reached, as code that was compiled without panic messages does."""

    word = "traps"

    def explains(self, failure: TransactionFailed) -> bool:
        """Whether it is a trap."""
        return isinstance(failure, WasmTrap)


@dataclass(frozen=True)
class OutOfGas(Ending):
    """Burn all gas."""

    word = "runs out of gas"

    def explains(self, failure: TransactionFailed) -> bool:
        """Whether the gas is used up."""
        return isinstance(failure, (GasExceeded, GasLimitExceeded))


@dataclass(frozen=True)
class Wait(Ending):
    """Yield: the result comes when the test tells it."""

    word = "waits"


@dataclass(frozen=True)
class Answer:
    """What a call does; without an ending it returns nothing. ``times`` is for how many calls, None for all that follow."""

    steps: tuple[Step, ...] = ()
    ending: Ending | None = None
    times: int | None = None
