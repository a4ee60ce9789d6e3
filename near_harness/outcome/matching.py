"""Which receipts meet what is asked for, which come nearest, what differs in each, and what ran after what.

Plain functions over the tree: they raise nothing but :class:`BadInput`, and know no test framework.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from near_harness.errors import BadInput
from near_harness.outcome.criteria import ABOUT_FAILURE, criterion
from near_harness.outcome.receipt import Receipt

if TYPE_CHECKING:
    from near_harness.outcome.failures import TransactionFailed

_NEAREST = 3
_SHOWN = 120
_IDENTITY = ("receiver", "method", "kind", "refund")
"""What a receipt *is*: one that differs in these is further away than one that differs in what came of it."""


class Pattern:
    """Criteria for a receipt, checked and ready to be compared.

    :raises BadInput: for none at all, one that does not exist, or a value that it cannot have.
    """

    def __init__(self, criteria: Mapping[str, Any]) -> None:
        self._wanted: dict[str, Any] = {}
        for name, value in criteria.items():
            known = criterion(name)
            is_function = callable(value) and not isinstance(value, type) and not hasattr(value, "id")
            try:
                self._wanted[name] = value if is_function else known.wanted(value)
            except BadInput as error:
                raise BadInput(f"{name}={value!r}: {error}") from None

    @property
    def about_failure(self) -> bool:
        """Whether it asks what came of a receipt."""
        return any(name in ABOUT_FAILURE for name in self._wanted)

    def differences(self, receipt: Receipt) -> dict[str, Any]:
        """What the receipt has instead of what is wanted, by criterion; empty where it matches."""
        return {name: criterion(name).read(receipt) for name in self._wanted if not self._fits(name, receipt)}

    def matching(self, receipts: Iterable[Receipt]) -> tuple[Receipt, ...]:
        """The receipts that meet all criteria. Where these ask what came of a receipt, it has been looked at."""
        found = tuple(receipt for receipt in receipts if all(self._fits(name, receipt) for name in self._wanted))
        if self.about_failure:
            for receipt in found:
                receipt.seen = True
        return found

    def nearest(self, receipts: Sequence[Receipt]) -> list[tuple[Receipt, str]]:
        """The receipts that come nearest without matching, and what differs in each."""
        measured = [(differences, receipt) for receipt in receipts if (differences := self.differences(receipt))]
        if not measured:
            return []
        least = min(map(_distance, (differences for differences, _ in measured)))
        near = [(receipt, differences) for differences, receipt in measured if _distance(differences) == least]
        return [(receipt, self._explain(differences)) for receipt, differences in near[:_NEAREST]]

    def _fits(self, name: str, receipt: Receipt) -> bool:
        known, wanted = criterion(name), self._wanted[name]
        seen = known.read(receipt)
        if callable(wanted) and not isinstance(wanted, type):
            return bool(wanted(seen))
        return known.fits(wanted, seen)

    def _explain(self, differences: Mapping[str, Any]) -> str:
        return "; ".join(f"{name} is {shown(seen)}, not {shown(self._wanted[name])}" for name, seen in differences.items())

    def __str__(self) -> str:
        return ", ".join(f"{name} {shown(value)}" for name, value in self._wanted.items()) or "anything"


def _distance(differences: Mapping[str, Any]) -> int:
    return sum(4 if name in _IDENTITY else 1 for name in differences)


def ran_after(later: Receipt, earlier: Receipt, heights: Mapping[str, int]) -> bool:
    """Whether one receipt ran after another: in a later block, or in the same because it came of it.

    ``heights`` are those of the blocks, by hash. Two receipts of one block that have nothing to do with each other have
    no order that a transaction's outcome would tell.
    """
    if later.block_hash is None or earlier.block_hash is None:
        return False
    difference = heights[later.block_hash] - heights[earlier.block_hash]
    return difference > 0 or (difference == 0 and later is not earlier and _came_of(later, earlier))


def _came_of(later: Receipt, earlier: Receipt) -> bool:
    waiting, seen = [later], set()
    while waiting:
        receipt = waiting.pop()
        for cause in (*receipt.callback_of, *([receipt.parent] if receipt.parent else [])):
            if cause is earlier:
                return True
            if cause.id not in seen:
                seen.add(cause.id)
                waiting.append(cause)
    return False


def in_order(
    patterns: Sequence[Pattern], receipts: Sequence[Receipt], heights: Mapping[str, int]
) -> tuple[list[Receipt], Pattern | None]:
    """Find one receipt for each pattern, each run after the one before it.

    :return: the receipts, as far as they could be found, and the pattern that no receipt was left for (None at the end).
    """
    chain: list[Receipt] = []
    for pattern in patterns:
        candidates = [r for r in receipts if not pattern.differences(r) and r.block_hash is not None]
        later = [r for r in candidates if not chain or ran_after(r, chain[-1], heights)]
        if not later:
            return chain, pattern
        chain.append(min(later, key=lambda r: heights[r.block_hash or ""]))
    for pattern, receipt in zip(patterns, chain, strict=True):
        receipt.seen |= pattern.about_failure
    return chain, None


def shown(value: Any) -> str:
    """Write what is wanted, or was seen, as people would."""
    if callable(value) and not isinstance(value, type):
        return "as the function wants it"
    failure: type[TransactionFailed] | Any = value
    if isinstance(failure, type):
        text = failure.__name__
    elif isinstance(value, bytes):
        text = value.decode("utf-8", "backslashreplace") or "empty"
    elif isinstance(value, (tuple, list)):
        text = " and ".join(map(shown, value)) or "none"
    elif hasattr(value, "message"):
        text = value.message
    else:
        text = "none" if value is None else str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
