"""Bounds for amounts of money, gas and receipts: ``at_least(2)``, ``at_most("5 Tgas")``, ``between("1 NEAR", "2 NEAR")``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bounds:
    """From ``least`` to ``most``, both included; None where there is no bound."""

    least: Any = None
    most: Any = None

    def hold(self, value: Any) -> bool:
        """Whether a value is within the bounds."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def converted(self, convert: Callable[[Any], Any]) -> Bounds:
        """Return bounds with both ends converted, such as text to gas."""
        return Bounds(*(None if end is None else convert(end) for end in (self.least, self.most)))

    def __str__(self) -> str:
        if self.least is not None and self.most is not None:
            return f"between {self.least} and {self.most}"
        return f"at least {self.least}" if self.most is None else f"at most {self.most}"


def at_least(value: Any) -> Bounds:
    """``value`` or more."""
    return Bounds(least=value)


def at_most(value: Any) -> Bounds:
    """``value`` or less."""
    return Bounds(most=value)


def between(least: Any, most: Any) -> Bounds:
    """From ``least`` to ``most``, both included."""
    return Bounds(least, most)
