"""Fungible tokens (NEP-141) that moved in a transaction, by the events that its contracts logged (NEP-300)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from near_harness.outcome.events import Event
from near_harness.outcome.model import Outcome

_STANDARD = "nep141"
_FROM, _TO = {"ft_transfer": "old_owner_id", "ft_burn": "owner_id"}, {"ft_transfer": "new_owner_id", "ft_mint": "owner_id"}


def token_changes(outcome: Outcome) -> dict[str, dict[str, int]]:
    """What each account got or gave of each token, in the token's smallest unit: ``{token: {account: change}}``.

    Only events of receipts that succeeded count: the logs of a failed one stay, what it did is rolled back. An event that
    does not keep to the standard is left out.
    """
    changes: dict[str, dict[str, int]] = {}
    for receipt in outcome.receipts:
        if not receipt.arrived:
            continue
        for event in receipt.events:
            for account, amount in _moves(event):
                token = changes.setdefault(receipt.receiver, {})
                token[account] = token.get(account, 0) + amount
    return changes


def _moves(event: Event) -> list[tuple[str, int]]:
    if event.standard != _STANDARD or not isinstance(event.data, list):
        return []
    moves: list[tuple[str, int]] = []
    for entry in event.data:
        amount = _amount(entry)
        if amount is None:
            continue
        for owners, sign in ((_FROM, -1), (_TO, 1)):
            account = entry.get(owners.get(event.event, ""))
            if isinstance(account, str):
                moves.append((account, sign * amount))
    return moves


def _amount(entry: Any) -> int | None:
    text = entry.get("amount") if isinstance(entry, Mapping) else None
    return int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() else None
