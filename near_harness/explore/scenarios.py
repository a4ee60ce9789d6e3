"""Scenarios in Python files: tests that call ``near.explore``, and functions of that shape whose names begin with ``scenario``.

pytest runs them with the fixtures that they name, those of the project's ``conftest.py`` among them; what counts is what their
explorations give, and not whether they pass.
"""

from __future__ import annotations

import importlib.util
import inspect
import io
import re
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from near_harness.explore.errors import CannotExplore
from near_harness.explore.wishes import Wishes
from near_harness.plugin.explorations import WISHES

if TYPE_CHECKING:
    from near_harness.explore.report import Report

_LAST_LINES, _LONGEST = 12, 300
_WORD = "explore"


@dataclass(frozen=True)
class Request:
    """What to explore: files, folders or ``FILE.py::NAME``. ``asked``, ``around`` and ``stranger`` as in :class:`Wishes`."""

    where: tuple[str, ...]
    asked: Mapping[str, Any] = field(default_factory=dict)
    around: Mapping[str, Any] = field(default_factory=dict)
    stranger: str | None = None
    schedule: str | None = None
    keyword: str | None = None
    protocol_version: str | None = None
    folder: Path | None = None
    """Where findings are written; by default where pytest writes them."""

    def as_arguments(self) -> list[str]:
        """The arguments for pytest."""
        found = [*self.where, "--near-node=embedded", "--near-bundle=never", "--capture=fd", "--tb=short"]
        found += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # the harness is imported already
        found += ["-n0"] if importlib.util.find_spec("xdist") else []  # what is found is in this process
        found += [f"--near-protocol={self.protocol_version}"] if self.protocol_version is not None else []
        found += [f"--near-schedule={self.schedule}"] if self.schedule is not None else []
        found += ["-k", self.keyword] if self.keyword is not None else []
        found += ["-o", f"near_explore_dir={self.folder.resolve()}"] if self.folder is not None else []
        return found


@dataclass(frozen=True)
class Explored:
    """What came of one scenario: the reports of its explorations, and how it ended where that is not by a finding.

    With no reports ``note`` says why there are none.
    """

    name: str
    reports: tuple[Report, ...]
    note: str = ""


def explore_scenarios(request: Request) -> list[Explored]:
    """Run the scenarios and return what each of them gave; those that explored nothing and did not fail are left out.

    :raises CannotExplore: where there are none, or pytest cannot run them.
    """
    watcher, said = _Watcher(request), io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = pytest.main(request.as_arguments(), plugins=[watcher])
    places = ", ".join(request.where)
    if code == pytest.ExitCode.INTERRUPTED and not watcher.broken:
        raise KeyboardInterrupt
    if watcher.broken:
        raise CannotExplore(f"{watcher.broken[0][0]} cannot be collected:\n{watcher.broken[0][1]}")
    if code in {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR}:
        raise CannotExplore(f"pytest cannot run {places}: {_error_of(said.getvalue())}")
    if not watcher.collected:
        raise CannotExplore(
            f"{places}: there is no test that calls near.explore, and no function whose name begins with scenario"
            + (f", with {request.keyword!r} in its name" if request.keyword else "")
        )
    if not watcher.explored:
        raise CannotExplore(f"{places}: none of the {watcher.collected} tests and scenarios calls near.explore")
    return watcher.explored


class _Watcher:
    """A plugin of pytest that hands the wishes over, and takes down what each scenario gives."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._wishes = Wishes(request.asked, request.around, request.stranger)
        self.collected = 0
        self.explored: list[Explored] = []
        self.broken: list[tuple[str, str]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[WISHES] = self._wishes
        config.addinivalue_line("python_functions", "scenario")
        for place in self._request.where:
            _, separator, name = place.rpartition("::")
            if separator:
                config.addinivalue_line("python_functions", name.partition("[")[0])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken.append((report.nodeid or "a file", _last_lines(str(report.longrepr))))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave tests alone whose files never speak of exploring, unless one is named."""
        named = any("::" in place for place in self._request.where)
        kept = [item for item in items if named or _speaks_of_it(item)]
        left = [item for item in items if item not in kept]
        if left:
            config.hook.pytest_deselected(items=left)
            items[:] = kept
        self.collected = len(items)
        if "workers" in self._request.around:
            _send_by_value({module for item in items if (module := getattr(item, "module", None))})

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:  # noqa: ARG002 - a hook's form
        report: pytest.TestReport = yield
        reports = tuple(self._wishes.reports)
        ended_badly = report.outcome == "skipped" or (report.failed and "ExplorationFailed" not in report.longreprtext)
        note = _last_lines(_why(report)) if ended_badly else ""
        if reports or note:
            self.explored.append(Explored(item.nodeid, reports, note))
        self._wishes.reports.clear()
        return report


def _speaks_of_it(item: pytest.Item) -> bool:
    if item.name.startswith("scenario"):
        return True
    try:
        return _WORD in inspect.getsource(item.module)  # type: ignore[attr-defined] # a function's item has one
    except (AttributeError, OSError, TypeError):
        return True


def _send_by_value(modules: set[Any]) -> None:
    """Let workers have the functions of these modules, which they cannot import."""
    import cloudpickle  # noqa: PLC0415 - it comes with the workers

    for module in modules:
        cloudpickle.register_pickle_by_value(module)


def _why(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):  # a skipped test: file, line and reason
        return str(report.longrepr[2])
    return report.longreprtext


def _error_of(text: str) -> str:
    """What pytest says of a command line that it cannot use, without the warnings before it."""
    _, found, error = text.partition("ERROR: ")
    return _last_lines(error if found else text)


def _last_lines(text: str) -> str:
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in text.splitlines() if line.strip()]
    shown = (line if line.isprintable() else ascii(line) for line in lines[-_LAST_LINES:])  # the source may be no text
    return "\n".join(line[:_LONGEST] for line in shown)
