"""``--near-schedule=LINE`` and ``near_schedule``: one order of receipts again. What failed is kept, and run first next time."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from near_harness.explore.book import ScheduleBook

if TYPE_CHECKING:
    from near_harness.explore.wishes import Wishes
    from near_harness.near import Near

WISHES: pytest.StashKey[Wishes] = pytest.StashKey()
"""Of a configuration: what every exploration is asked instead of what its test asks."""
_KEY = "near_harness/schedules"
_FOLDER = "near_explore_dir"
_MARKER = "near_schedule"


def add_options(parser: pytest.Parser) -> None:
    """Add the option and the ini key."""
    text = "explore nothing else than this order of receipts ('near-schedule v1 fifo w0 …'), in each test that explores"
    parser.getgroup("near").addoption("--near-schedule", metavar="LINE", help=text)
    parser.addini(_FOLDER, "where findings of explorations are written, below the root directory", default=".near/explore")


class ExplorePlugin:
    """Gives each test its schedules, and keeps those that fail in pytest's cache."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._near: Near | None = None
        self._known: dict[str, Any] | None = None
        self._folder = config.rootpath / str(config.getini(_FOLDER))
        self._asked = config.getoption("near_schedule")
        if self._asked is not None:
            self._check(self._asked, "--near-schedule")
        config.addinivalue_line("markers", f"{_MARKER}(line): explore nothing else than this order of receipts")

    def watch(self, near: Near) -> None:
        """Hand the schedules to this façade."""
        self._near = near

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Give the test its schedules. What a test has found that fails is remembered until the test passes."""
        if self._near is None:
            return (yield)
        wishes = self._config.stash.get(WISHES, None)
        kept = self._kept(item) if wishes is None else {}  # what is kept belongs to what the test itself asks
        book = ScheduleBook(self._line(item), kept, self._folder, item.nodeid, wishes)
        self._near.schedules = book
        passed = False
        try:
            result = yield
            passed = True
            return result
        finally:
            self._near.schedules = ScheduleBook()
            if book.asked is None and wishes is None:
                self._keep(item, {} if passed else book.failed)

    def _line(self, item: pytest.Item) -> str | None:
        marker = item.get_closest_marker(_MARKER)
        if self._asked is not None or marker is None:
            return str(self._asked) if self._asked is not None else None
        line = marker.args[0] if len(marker.args) == 1 else marker.args
        self._check(line, f"marker {_MARKER} of {item.nodeid}")
        return str(line)

    def _check(self, line: Any, where: str) -> None:
        from near_harness.errors import BadInput  # noqa: PLC0415 - nothing at import, as in the plugin
        from near_harness.explore.schedule import Schedule  # noqa: PLC0415 - likewise

        try:
            Schedule.parse(str(line))
        except BadInput as error:
            raise pytest.UsageError(f"{where}: {error}") from None

    def _kept(self, item: pytest.Item) -> dict[str, list[str]]:
        if self._known is None:
            self._known = self._all_kept()
        found = self._known.get(item.nodeid)
        return found if isinstance(found, dict) else {}

    def _all_kept(self) -> dict[str, Any]:
        cache = getattr(self._config, "cache", None)
        found = cache.get(_KEY, {}) if cache is not None else {}
        return found if isinstance(found, dict) else {}

    def _keep(self, item: pytest.Item, lines: dict[str, list[str]]) -> None:
        cache = getattr(self._config, "cache", None)
        if cache is None or lines == self._kept(item):
            return
        self._known = {**self._all_kept(), item.nodeid: lines}  # read again: other workers write there as well
        if not lines:
            del self._known[item.nodeid]
        cache.set(_KEY, self._known)
