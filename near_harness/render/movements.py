"""Who paid whom in a transaction, as a list: what the receipts alone say."""

from __future__ import annotations

from collections.abc import Iterable

from near_harness.ledger.movements import Cause, Movement

_NOBODY = {Cause.REFUND: "a receipt that failed", Cause.REWARD: "burnt gas"}


def movements_text(moved: Iterable[Movement]) -> str:
    """Draw one line for each movement of money: cause, amount, from whom to whom."""
    rows = [(one.cause.value, one.amount.short, _payer(one), one.payee or _end(one)) for one in moved]
    if not rows:
        return "no money moved"
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        f"{cause:{widths[0]}}  {amount:>{widths[1]}}  {payer:{widths[2]}} -> {payee}" for cause, amount, payer, payee in rows
    )


def _payer(one: Movement) -> str:
    return one.payer or _NOBODY.get(one.cause, "the protocol")


def _end(one: Movement) -> str:
    return "burnt" if one.cause in (Cause.GAS, Cause.LOST) else "nobody: the receipt failed or did not run"
