"""``near-harness gas``: what is in gas files, and what differs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.conftest import Cli

_OLD = """\
# head
tests/a.py::test_x	bank.deposit	2000000000000
tests/a.py::test_x	pool.stake	1000000000000
tests/a.py::test_gone	bank.deposit	5
"""
_NEW = """\
tests/a.py::test_x	bank.deposit	2020000000000
tests/a.py::test_x	pool.stake	1000000000000
tests/a.py::test_new	bank.deposit	7
"""


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    (tmp_path / "old").write_text(_OLD)
    (tmp_path / ".near-gas").write_text(_NEW)


def test_show(cli: Cli) -> None:
    done = cli("gas", "show")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "3.02 Tgas  tests/a.py::test_x\n    7 gas  tests/a.py::test_new\n"
    told = json.loads(cli("gas", "show", "old", "--by", "method", "--json").stdout)
    assert told["gas"] == {"bank.deposit": 2_000_000_000_005, "pool.stake": 1_000_000_000_000}


def test_diff(cli: Cli) -> None:
    done = cli("gas", "diff", "old")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "tests/a.py::test_gone bank.deposit: 5 gas -> none",
        "tests/a.py::test_new bank.deposit: none -> 7 gas",
        "tests/a.py::test_x bank.deposit: 2 Tgas -> 2.02 Tgas (+1.00 %)",
    ]
    told = json.loads(cli("gas", "diff", "old", "--tolerance", "1", "--json").stdout)
    assert [one["test"] for one in told["differences"]] == ["tests/a.py::test_gone", "tests/a.py::test_new"]
    same = cli("gas", "diff", "old", "old")
    assert (same.returncode, same.stdout) == (0, "no differences\n")


def test_files_that_cannot_be_read(cli: Cli, tmp_path: Path) -> None:
    assert cli("gas", "show", "nowhere").returncode == 3
    (tmp_path / "broken").write_text("no tabs\n")
    done = cli("gas", "diff", "broken", "old")
    assert done.returncode == 3
    assert "gas file broken, line 1: 'no tabs' is no test, method and gas" in done.stderr
