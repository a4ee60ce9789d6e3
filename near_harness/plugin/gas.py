"""``--near-gas``: a table of what the methods burnt; ``--near-gas-check`` and ``--near-gas-update``: a committed gas file.

Entries travel with the test reports, so that it works under pytest-xdist as well.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from near_harness.gas.record import GasEntry
    from near_harness.outcome import Outcome

TOLERANCE = "near_gas_tolerance"
FILE = "near_gas_file"


class TightCallback(UserWarning):
    """A callback that sends money had under 20 % of its gas left: with a little more work it fails, and the money stays."""


def add_options(parser: pytest.Parser) -> None:
    """Add the options and ini keys about gas."""
    group = parser.getgroup("near")
    group.addoption("--near-gas", action="store_true", help="show what each method burnt, at the end of the run")
    group.addoption("--near-gas-check", action="store_true", help="fail the run where gas differs from the gas file")
    group.addoption("--near-gas-update", action="store_true", help="write the gas file")
    parser.addini(FILE, "the gas file, below the root directory", default=".near-gas")
    parser.addini(TOLERANCE, "by how many percent gas may differ from the gas file", default="1")


class GasPlugin:
    """Collects the gas of each test; the controller shows and compares it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._sent: list[Outcome] = []
        self._of_test: list[GasEntry] = []
        self._entries: list[GasEntry] = []
        self._differences: list[str] = []
        self._wrong = ""
        self._wanted = any(config.getoption(f"near_gas{what}") for what in ("", "_check", "_update"))
        try:
            self._tolerance = float(config.getini(TOLERANCE))
        except ValueError:
            raise pytest.UsageError(f"ini key {TOLERANCE}: {config.getini(TOLERANCE)!r} is no number of percent") from None

    def hear(self, outcome: Outcome, called: str) -> None:  # noqa: ARG002 - what observers are given
        """Remember what a test has sent."""
        self._sent.append(outcome)

    @property
    def _file(self) -> Path:
        return self._config.rootpath / str(self._config.getini(FILE))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Leave out what fixtures have sent; warn of what is tight while warnings belong to the test."""
        self._sent.clear()
        result = yield
        if self._sent:
            self._measure(item.nodeid)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
        """Give the report of a test that has passed its gas."""
        report = yield
        if call.when == "call" and report.passed and self._of_test:
            report.near_gas = [entry.as_json() for entry in self._of_test]
        if call.when == "call":
            self._of_test = []
        return report

    def _measure(self, test: str) -> None:
        from near_harness.gas.record import entries, tight_entries  # noqa: PLC0415 - only tests that send need it

        if self._wanted:
            self._of_test = entries(test, self._sent)
        for entry in {entry.method: entry for entry in tight_entries(test, self._sent)}.values():
            _warn(entry)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the gas of a report, whichever worker it comes from."""
        found = getattr(report, "near_gas", ())
        if found:
            from near_harness.gas.record import GasEntry  # noqa: PLC0415

            self._entries += [GasEntry(**entry) for entry in found]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Compare with the gas file, or write it."""
        if hasattr(self._config, "workerinput"):
            return
        from near_harness.errors import BadInput  # noqa: PLC0415
        from near_harness.gas import record  # noqa: PLC0415

        now = record.totals(self._entries)
        try:
            if self._config.getoption("near_gas_update"):
                record.write_file(self._file, now)
            elif self._config.getoption("near_gas_check"):
                found = record.differences(record.read_file(self._file), now, self._tolerance)
                self._differences = [str(one) for one in found]
        except BadInput as error:
            self._wrong = str(error)
        if (self._differences or self._wrong) and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the table and what differs."""
        if self._config.getoption("near_gas") and self._entries:
            from near_harness.render.gas import gas_table_text  # noqa: PLC0415

            terminalreporter.section("gas")
            terminalreporter.write_line(gas_table_text(self._entries))
        if self._wrong or self._differences:
            terminalreporter.section(f"gas differs by more than {self._tolerance:g} %", red=True)
            for line in filter(None, [self._wrong, *self._differences]):
                terminalreporter.write_line(line)
            if self._differences:
                terminalreporter.write_line("if that is right: pytest --near-gas-update")


def _warn(entry: GasEntry) -> None:
    from near_harness.units import Gas  # noqa: PLC0415

    warnings.warn(
        f"{entry.test}: the callback {entry.method} sends money and used {Gas(entry.used).short} of its "
        f"{Gas(entry.attached).short}: under 20 % to spare; give it more gas where the promise is made",
        TightCallback,
        stacklevel=1,
    )
