"""``--near-bundle``: a failing test leaves a bundle, with which anyone can do again what it did, on any kind of node."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from near_harness.bundles.history import Step
    from near_harness.near import Near

FOLDER = "near_bundle_dir"
LIMIT = "near_bundle_limit"


def add_options(parser: pytest.Parser) -> None:
    """Add the ini keys; ``--near-bundle`` itself is one of the settings of :mod:`near_harness.config`."""
    parser.addini(FOLDER, "where bundles are written, below the root directory", default=".near/bundles")
    parser.addini(LIMIT, "megabytes that a bundle may have", default="20")


class BundlePlugin:
    """Writes bundles at the end of a test's phases. Their paths travel with the test reports."""

    def __init__(self, config: pytest.Config, when: str) -> None:
        self._config, self._when = config, when
        self._near: Near | None = None
        self._before_teardown: Step | None = None
        self._stays: frozenset[str] = frozenset()
        self._written: list[str] = []
        text = str(config.getini(LIMIT))
        try:
            self._limit_mb = float(text)
        except ValueError:
            self._limit_mb = 0
        if not 0 < self._limit_mb <= 1_000:
            raise pytest.UsageError(f"ini key {LIMIT}: {text!r} is no number of megabytes from 0 to 1000")

    def watch(self, near: Near) -> None:
        """Write bundles of what this façade does."""
        self._near = near
        near.history.watched = self._when != "never"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Write the bundle of a phase that failed; with ``always`` also of each test that has passed."""
        report = yield
        near = self._near
        if near is None or self._when == "never" or "near" not in getattr(item, "fixturenames", ()):
            return report
        error = call.excinfo.value if call.excinfo is not None else None
        newest = near.history.at_failure(error)
        if call.when == "teardown":  # the chain has gone back
            newest = self._before_teardown
        else:
            self._stays = near.history.stays
        self._before_teardown = near.history.newest
        if newest is not None and (report.failed or (self._when == "always" and call.when == "call" and report.passed)):
            self._write(near, newest, report)
        return report

    def _write(self, near: Near, newest: Step, report: pytest.TestReport) -> None:
        from near_harness.bundles.write import write_bundle  # noqa: PLC0415 - only where one is written

        folder = self._config.rootpath / str(self._config.getini(FOLDER))
        test = {"id": report.nodeid, "phase": report.when, "failed": report.failed, "failure": _said(report)}
        try:
            _make_folder(folder)
            path = write_bundle(near, folder, test=test, newest=newest, stays=self._stays, limit_mb=self._limit_mb)
        except Exception as error:  # noqa: BLE001 - the test's own result stands, whatever becomes of its bundle
            report.near_no_bundle = f"no bundle of {report.nodeid}: {type(error).__name__}: {error}"  # type: ignore[attr-defined]
            return
        # As it is to be typed where pytest was called, which may be a folder below.
        here = self._config.invocation_params.dir
        shown = os.path.relpath(path, here) if path.is_relative_to(self._config.rootpath) else str(path)
        report.near_bundle = shown  # type: ignore[attr-defined] # travels with the report
        if report.failed:
            report.sections.append(("near: bundle", f"near-harness replay {shown}"))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the paths, whichever worker they come from."""
        if hasattr(report, "near_bundle"):
            self._written.append(f"near-harness replay {report.near_bundle}")
        elif hasattr(report, "near_no_bundle"):
            self._written.append(report.near_no_bundle)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the bundles are, and which could not be written."""
        if self._written:
            terminalreporter.section("bundles of what the tests did")
            for line in dict.fromkeys(self._written):
                terminalreporter.write_line(line)


def _said(report: pytest.TestReport) -> str:
    """What the test said when it failed, without the traceback, which has folders and source code in it."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message) if crash is not None else report.longreprtext if report.failed else ""


def _make_folder(folder: Path) -> None:
    """Make the folder, and keep what is in it out of version control."""
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("# made by near-harness\n*\n")
