"""The gas of a whole run: what each test burnt in which method, to be shown, written to a file, and compared with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from near_harness.errors import BadInput
from near_harness.gas.use import GasUse, gas_uses, tight_uses
from near_harness.outcome.model import Outcome
from near_harness.units import Gas

_HEAD = "# Gas burnt by each test in each method, written by pytest --near-gas-update; see docs/gas.md\n"


@dataclass(frozen=True)
class GasEntry:
    """One receipt of a test that called ``method`` (``account.method``). Gas in gas units."""

    test: str
    method: str
    burnt: int
    attached: int
    used: int

    def as_json(self) -> dict[str, Any]:
        """The entry as plain values, which pass between processes."""
        return asdict(self)


def entries(test: str, outcomes: Iterable[Outcome]) -> list[GasEntry]:
    """What the transactions of a test burnt, one entry for each receipt that called a method."""
    return [_entry(test, use) for outcome in outcomes for use in gas_uses(outcome)]


def tight_entries(test: str, outcomes: Iterable[Outcome]) -> list[GasEntry]:
    """Those of them whose gas is too little to rely on."""
    return [_entry(test, use) for outcome in outcomes for use in tight_uses(outcome)]


def _entry(test: str, use: GasUse) -> GasEntry:
    method = f"{use.receipt.receiver}.{'+'.join(use.receipt.methods)}"
    return GasEntry(test, method, int(use.burnt), int(use.attached), int(use.used))


@dataclass(frozen=True)
class GasDifference:
    """A method of a test that burns more, less, or is there on one side only (None)."""

    test: str
    method: str
    before: int | None
    now: int | None

    @property
    def percent(self) -> float | None:
        """The change in percent; None where one side is missing."""
        return None if not self.before or self.now is None else (self.now - self.before) * 100 / self.before

    def __str__(self) -> str:
        sides = [("none" if side is None else Gas(side).short) for side in (self.before, self.now)]
        change = "" if self.percent is None else f" ({self.percent:+.2f} %)"
        return f"{self.test} {self.method}: {sides[0]} -> {sides[1]}{change}"


Totals = dict[tuple[str, str], int]
"""Gas burnt by test and method."""


def totals(found: Iterable[GasEntry]) -> Totals:
    """Add up what each test burnt in each method."""
    sums: Totals = {}
    for entry in found:
        sums[entry.test, entry.method] = sums.get((entry.test, entry.method), 0) + entry.burnt
    return sums


def differences(before: Totals, now: Totals, tolerance_percent: float, *, every_test: bool = False) -> list[GasDifference]:
    """Compare a run with a file: changes above the tolerance, and what is new.

    Tests that did not run are left out, unless ``every_test``.
    """
    ran = {test for test, _ in (*now, *before)} if every_test else {test for test, _ in now}
    keys = sorted({key for key in (*before, *now) if key[0] in ran})
    found = [GasDifference(*key, before.get(key), now.get(key)) for key in keys]
    return [one for one in found if one.percent is None or abs(one.percent) > tolerance_percent]


def read_file(path: Path) -> Totals:
    """Read a gas file.

    :raises BadInput: where it is missing or a line cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadInput(f"gas file {path}: {error.strerror}; write it with --near-gas-update") from None
    except UnicodeError:
        raise BadInput(f"gas file {path} is no text; write it with --near-gas-update") from None
    found: Totals = {}
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 3 or not parts[2].isdecimal():
            raise BadInput(f"gas file {path}, line {number}: {line!r} is no test, method and gas with tabs between")
        found[parts[0], parts[1]] = int(parts[2])
    return found


def write_file(path: Path, now: Totals) -> None:
    """Write a gas file; tests of the old one that did not run are kept."""
    ran = {test for test, _ in now}
    kept = {key: gas for key, gas in (read_file(path) if path.exists() else {}).items() if key[0] not in ran}
    lines = (f"{test}\t{method}\t{gas}\n" for (test, method), gas in sorted({**kept, **now}.items()))
    path.write_text(_HEAD + "".join(lines), encoding="utf-8")
