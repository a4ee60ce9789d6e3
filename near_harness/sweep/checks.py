"""What must hold after each run: the user's invariant, all money accounted for, and no callback that ran out of gas."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any

from near_harness.ledger.conservation import unaccounted
from near_harness.outcome import Outcome
from near_harness.outcome.failures import GasExceeded

Invariant = Callable[..., Awaitable[Any] | Any]


async def broken_invariant(invariant: Invariant | None, arguments: Sequence[Any]) -> str | None:
    """What the invariant says against the chain as it is; None where it holds.

    :raises RpcError: where it asks for what is not there.
    """
    if invariant is None:
        return None
    try:
        found = invariant(*arguments)
        if inspect.isawaitable(found):
            found = await found
    except AssertionError as error:
        return f"the invariant does not hold: {_first_line(error)}"
    return None if found is None or bool(found) else "the invariant does not hold: it is false"


def callbacks_out_of_gas(outcomes: Iterable[Outcome], but: tuple[str, str | None] | None) -> Iterator[str]:
    """Callbacks that ran out of gas, so that nobody heard of what had gone wrong; ``but`` is who was made to."""
    for outcome in outcomes:
        for receipt in outcome.receipts:
            made_to = (receipt.receiver, receipt.method) == but
            if receipt.callback_of and isinstance(receipt.how_failed, GasExceeded) and not made_to:
                yield f"the callback {receipt.receiver}.{receipt.method} ran out of gas"


def missing_money(outcomes: Sequence[Outcome]) -> str | None:
    """Say what the ledger finds wrong: money that came from nowhere, or went there. None where all is accounted for.

    Transactions whose blocks overlap are reckoned together: what one of them moved is in what the other reads.
    """
    for together in _overlapping(outcomes):
        missing = unaccounted(together)
        if missing:
            return f"{missing} {'came from' if missing > 0 else 'went'} nowhere"
    return None


def _overlapping(outcomes: Sequence[Outcome]) -> Iterator[list[Outcome]]:
    """Groups of transactions whose blocks overlap."""
    spans = [
        (min(heights), max(heights), index)
        for index, outcome in enumerate(outcomes)
        if outcome.ledger is not None and (heights := list(outcome.ledger.heights.values()))
    ]
    group: list[Outcome] = []
    until = -1
    for start, end, index in sorted(spans):
        if group and start > until:
            yield group
            group = []
        group.append(outcomes[index])
        until = max(until, end)
    if group:
        yield group


def _first_line(error: AssertionError) -> str:
    """What an assertion says; the assertion itself where it says nothing."""
    said = str(error).strip().splitlines()
    return said[0] if said else traceback.extract_tb(error.__traceback__)[-1].line or type(error).__name__
