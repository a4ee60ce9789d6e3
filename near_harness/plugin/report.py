"""``--near-report=DIR``: an HTML page of the run. What a test has sent is drawn before the chain goes back."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from near_harness.plugin.sent import Heard, SentByTest

if TYPE_CHECKING:
    from near_harness.outcome import Outcome
    from near_harness.report.page import TestSection


def add_options(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("near").addoption("--near-report", metavar="DIR", help="write an HTML report of all transactions to DIR")


class ReportPlugin(SentByTest):
    """Collects what each test has sent, as HTML that travels with the test reports; the controller writes the page."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__()
        self._config = config
        self._folder = Path(folder).absolute() if (folder := config.getoption("near_report")) else None
        if self._folder is not None and not hasattr(config, "workerinput"):
            _make(self._folder)
        self._not_written: OSError | None = None
        self._drawn: list[str] = []
        self._sections: list[TestSection] = []

    def hear(self, outcome: Outcome, called: str) -> None:
        """Remember what a test has sent."""
        if self._folder is not None:
            super().hear(outcome, called)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """Draw what the test and its fixtures have sent; where it fails, of several examples only the one for which it fails."""
        try:
            result = yield
        except BaseException:
            self._draw(self._sent_at_last)
            raise
        self._draw(self._sent)
        return result

    def _draw(self, sent: list[Heard]) -> None:
        if sent:
            from near_harness.report.fragment import transaction  # noqa: PLC0415 - only where a report is wanted

            self._drawn = [transaction(heard.outcome, heard.called) for heard in sent]
        self._sent.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
        """Give the report of the call what was drawn."""
        report = yield
        if call.when == "call":
            report.near_drawn, self._drawn = self._drawn, []
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the tests, whichever worker they come from; setup and teardown only where they fail."""
        if self._folder is None or (report.when != "call" and not report.failed):
            return
        from near_harness.report.page import TestSection  # noqa: PLC0415

        drawn = getattr(report, "near_drawn", [])
        failure = report.longreprtext if report.failed else ""
        self._sections.append(TestSection(report.nodeid, report.outcome, report.duration, drawn, failure))

    def pytest_sessionfinish(self) -> None:
        """Write the page."""
        if self._folder is None or hasattr(self._config, "workerinput"):
            return
        from near_harness.report.page import page  # noqa: PLC0415

        kinds = ", ".join(self._config.getoption("near_node") or [str(self._config.getini("near_node") or "embedded")])
        text = page(self._sections, f"near-harness on {kinds}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / "index.html").write_text(text, encoding="utf-8")
        except OSError as error:  # the results of the tests stand, whatever becomes of the page
            self._not_written = error

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the page is, or why there is none."""
        if self._not_written is not None:
            terminalreporter.write_line(f"near: no report: {self._not_written}", yellow=True)
        elif self._folder is not None:
            terminalreporter.write_line(f"near: report in {self._folder / 'index.html'}")


def _make(folder: Path) -> None:
    """Make the folder now: a run whose page could not be written anywhere should not begin."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    except OSError as error:
        raise pytest.UsageError(f"--near-report={folder}: the folder cannot be made or written to: {error.strerror}") from None
