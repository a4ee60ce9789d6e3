"""The record of a run's gas: added up by test and method, compared with a file, and kept for what did not run."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness.errors import BadInput
from near_harness.gas.record import GasEntry, differences, read_file, totals, write_file

BEFORE = {("a", "bank.deposit"): 1000, ("a", "bank.withdraw"): 2000, ("b", "bank.deposit"): 3000}


def test_receipts_of_one_test_and_method_are_added_up() -> None:
    entries = [GasEntry(test, "bank.deposit", burnt, 100, 50) for test, burnt in (("a", 5), ("b", 7), ("a", 6))]
    assert totals(entries) == {("a", "bank.deposit"): 11, ("b", "bank.deposit"): 7}


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ({("a", "bank.deposit"): 1010, ("a", "bank.withdraw"): 1980}, []),  # as much as the tolerance is
        ({("a", "bank.deposit"): 1011, ("a", "bank.withdraw"): 2000}, ["a bank.deposit: 1000 gas -> 1011 gas (+1.10 %)"]),
        ({("a", "bank.deposit"): 1000, ("a", "bank.withdraw"): 1979}, ["a bank.withdraw: 2000 gas -> 1979 gas (-1.05 %)"]),
        ({("a", "bank.deposit"): 1000}, ["a bank.withdraw: 2000 gas -> none"]),
        ({**BEFORE, ("b", "bank.close"): 1}, ["b bank.close: none -> 1 gas"]),
        ({}, []),  # no test has run
    ],
)
def test_what_differs_by_more_than_the_tolerance(now: dict[tuple[str, str], int], told: list[str]) -> None:
    assert [str(one) for one in differences(BEFORE, now, 1.0)] == told


def test_every_test_counts_where_that_is_asked_for() -> None:
    assert [one.test for one in differences(BEFORE, {}, 1.0, every_test=True)] == ["a", "a", "b"]


def test_a_file_keeps_what_did_not_run_and_nothing_of_what_did(tmp_path: Path) -> None:
    file = tmp_path / "gas"
    write_file(file, BEFORE)
    assert read_file(file) == BEFORE
    write_file(file, {("a", "bank.deposit"): 1500})
    assert read_file(file) == {("a", "bank.deposit"): 1500, ("b", "bank.deposit"): 3000}


@pytest.mark.parametrize("line", ["a\tbank.deposit", "a\tbank.deposit\tmuch", "a\tbank.deposit\t-5", "a\tbank.deposit\t5\t6"])
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "gas"
    file.write_text(f"# gas\n{line}\n")
    with pytest.raises(BadInput, match=r"line 2: .* is no test, method and gas"):
        read_file(file)
