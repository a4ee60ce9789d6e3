"""What every failure of a transaction has: its names from the outside in, its fields, what was called, what to try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from near_harness.errors import HarnessError
from near_harness.units import Amount, Gas

if TYPE_CHECKING:
    from near_harness.outcome.model import Outcome


class TransactionFailed(HarnessError):
    """A transaction that was refused, or whose result is a failure.

    ``name`` is the innermost name of the failure, ``path`` all names from the outside in, ``fields`` what the innermost
    one carries, ``message`` its text, ``action_index`` which action of the receipt failed, ``outcome`` the receipt tree
    (None where nothing was executed), ``raw`` the failure as the node sent it.
    """

    hint: ClassVar[str] = ""
    names_met: ClassVar[set[str]] = set()
    """What nodes have named failures in this process: among them may be names of a nearcore that is newer than the harness."""

    def __init__(self, path: tuple[str, ...], fields: Any, raw: Any, action_index: int | None = None) -> None:
        self.path, self.fields, self.raw, self.action_index = path, fields, raw, action_index
        self.outcome: Outcome | None = None
        self.transaction_hash: str | None = None
        self.context = ""
        TransactionFailed.names_met.update(path)
        super().__init__(path, fields, raw, action_index)

    def __getattr__(self, name: str) -> Any:
        """What the failure carries, by nearcore's name: ``failure.balance``; money as an amount, gas as gas."""
        fields = self.__dict__.get("fields")
        if isinstance(fields, dict) and name in fields:
            return _with_unit(name, fields[name])
        raise AttributeError(f"{type(self).__name__} carries no {name!r}")

    @property
    def name(self) -> str:
        """The failure's own name, such as ``NotEnoughBalance``."""
        return self.path[-1] if self.path else type(self).__name__

    @property
    def advice(self) -> str:
        """What to try, where something is known to help."""
        return self.hint

    @property
    def message(self) -> str:
        """The failure in one line, with money in NEAR."""
        details = _fields_text(self.fields)
        return f"{self.name}: {details}" if details else self.name

    def __str__(self) -> str:
        parts = [self.message]
        if self.context:
            parts.append(f"called: {self.context}")
        if self.advice:
            parts.append(f"try: {self.advice}")
        if self.outcome is not None:
            parts.append(str(self.outcome))
        elif self.transaction_hash:
            parts.append(f"transaction {self.transaction_hash} was not executed")
        return "\n".join(parts)


_MONEY_FIELDS = ("balance", "cost", "amount", "allowance", "stake", "minimum_stake", "locked", "required")
_GAS_FIELDS = ("total_prepaid_gas",)


def _with_unit(name: str, value: Any) -> Any:
    digits = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if name in _MONEY_FIELDS and digits.isdecimal():
        return Amount(digits)
    return Gas(digits) if name in _GAS_FIELDS and digits.isdecimal() else value


def _fields_text(fields: Any) -> str:
    if not isinstance(fields, dict):
        return "" if fields is None else str(fields)
    return ", ".join(f"{key} {_with_unit(key, value)}" for key, value in fields.items())
