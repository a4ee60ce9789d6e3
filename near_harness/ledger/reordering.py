"""Entries of near-sdk's sets and maps that have changed places, as when one is taken out and put back.

What is in them is the same: the last entry was moved into the gap, and what came back was appended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

_WIDTHS = (8, 4)
"""Bytes of a place in a list: u64 in ``near_sdk::collections``, u32 in ``near_sdk::store``."""

_List = dict[int, "Rewritten"]
"""What was rewritten of a list, by place."""


class Rewritten(NamedTuple):
    """An entry of a contract's storage that has another value."""

    key: bytes
    before: bytes
    after: bytes


def reordered(changes: Iterable[Rewritten]) -> frozenset[bytes]:
    """The keys of entries that only changed places: those of the lists, and those that say where in a list something is.

    Both have to tell of the same moves: that two balances were swapped is no matter of order.
    """
    by_key = {change.key: change for change in changes}
    return frozenset(key for width in _WIDTHS for key in _reordered(by_key, width))


def _reordered(changes: Mapping[bytes, Rewritten], width: int) -> Iterator[bytes]:
    lists: dict[bytes, _List] = defaultdict(dict)
    for change in changes.values():
        if len(change.key) > width:
            lists[change.key[:-width]][_number(change.key, width)] = change
    for prefix, entries in lists.items():
        moves = _moves(entries)
        places = [_place_of(changes, prefix, entries[old].before, (old, new), width) for old, new in moves.items()]
        if not moves or None in places:
            continue
        yield from (place for place in places if place is not None)
        for other, beside in lists.items():  # a map's values are in a list beside that of its keys
            if len(other) == len(prefix) and other[:-1] == prefix[:-1] and _follows(beside, moves):
                yield from (entry.key for entry in beside.values())


def _moves(entries: _List) -> dict[int, int]:
    """From where to where the entries of a list have gone; nothing where one is new, or two are the same."""
    now = {entry.after: place for place, entry in entries.items()}
    before = {entry.before for entry in entries.values()}
    if len(before) != len(entries) or before != now.keys():
        return {}
    return {place: now[entry.before] for place, entry in entries.items()}


def _follows(entries: _List, moves: Mapping[int, int]) -> bool:
    after = {place: entry.after for place, entry in entries.items()}
    return all(after.get(moves.get(place, -1)) == entry.before for place, entry in entries.items())


def _place_of(changes: Mapping[bytes, Rewritten], prefix: bytes, value: bytes, move: tuple[int, int], width: int) -> bytes | None:
    """The key of the entry that says where in the list a value is, if it tells of the move and has not changed otherwise."""
    hashed = sha256(prefix[:-1] + b"m" + value).digest()
    for key, change in changes.items():
        if key != hashed and not (value and key.endswith(value)):
            continue
        before, after = change.before, change.after
        if before[:-width] == after[:-width] and (_number(before, width), _number(after, width)) == move:
            return key
    return None


def _number(end: bytes, width: int) -> int:
    return int.from_bytes(end[-width:], "little")
