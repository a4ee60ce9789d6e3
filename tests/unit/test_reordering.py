"""Which changes of a storage are no more than another order of a set's or a map's entries."""

from __future__ import annotations

from hashlib import sha256

import pytest

from near_harness.ledger.reordering import Rewritten, reordered

ONE, TWO = b"\x03\x00\x00\x00one", b"\x03\x00\x00\x00two"


def _place(number: int, width: int) -> bytes:
    return number.to_bytes(width, "little")


def _list(prefix: bytes, values: tuple[bytes, bytes], width: int) -> list[Rewritten]:
    """Two entries that have changed places."""
    first, second = values
    return [
        Rewritten(prefix + _place(0, width), first, second),
        Rewritten(prefix + _place(1, width), second, first),
    ]


def _places(keys: tuple[bytes, bytes], values: tuple[bytes, bytes], width: int) -> list[Rewritten]:
    """Where they are, beside values that have stayed."""
    return [
        Rewritten(key, value + _place(old, width), value + _place(new, width))
        for key, value, (old, new) in zip(keys, values, ((0, 1), (1, 0)), strict=True)
    ]


OLD_SET = [*_list(b"te", (ONE, TWO), 8), *_places((b"ti" + ONE, b"ti" + TWO), (b"", b""), 8)]
OLD_MAP = [*_list(b"tk", (ONE, TWO), 8), *_list(b"tv", (b"a", b"b"), 8), *_places((b"ti" + ONE, b"ti" + TWO), (b"", b""), 8)]
NEW_MAP = [*_list(b"tv", (ONE, TWO), 4), *_places((sha256(b"tm" + ONE).digest(), sha256(b"tm" + TWO).digest()), (b"a", b"b"), 4)]


@pytest.mark.parametrize("changes", [OLD_SET, OLD_MAP, NEW_MAP], ids=["UnorderedSet", "UnorderedMap", "IterableMap"])
def test_entries_that_changed_places_are_the_same(changes: list[Rewritten]) -> None:
    counter = Rewritten(b"count", _place(0, 8), _place(1, 8))
    assert reordered([*changes, counter]) == {change.key for change in changes}


@pytest.mark.parametrize("changes", [OLD_SET, NEW_MAP], ids=["UnorderedSet", "IterableMap"])
def test_a_list_of_which_nothing_says_where_its_entries_are_is_another_one(changes: list[Rewritten]) -> None:
    assert reordered(changes[:-1]) == frozenset()


def test_balances_that_were_swapped_are_other_balances() -> None:
    assert reordered(_list(b"balance", (b"1", b"2"), 4)) == frozenset()
    value_changed = Rewritten(NEW_MAP[-1].key, b"b" + _place(1, 4), b"c" + _place(0, 4))
    assert reordered([*NEW_MAP[:-1], value_changed]) == frozenset()
