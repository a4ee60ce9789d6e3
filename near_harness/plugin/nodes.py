"""The part of the plugin that knows the nodes: which there are, which test runs on which, what they wrote when one fails."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from near_harness.errors import HarnessError, ProtocolMismatch
from near_harness.nodes.logs import debug_lines, last_lines
from near_harness.nodes.pool import NodePool
from near_harness.plugin import needs

if TYPE_CHECKING:
    from near_harness.config import Settings
    from near_harness.nodes.base import Node, NodeSettings

NODES = pytest.StashKey["NodeHooks"]()
_LOG_LINES = 80


class NodeHooks:
    """The nodes of one pytest process."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._config = config
        self.settings = settings.telling(self._tell).for_worker(_worker_number(config))
        self._pool = NodePool()
        self._several_protocols = len(self.settings.protocol_versions) > 1
        config.addinivalue_line("markers", needs.MARKER)

    @pytest.hookimpl(tryfirst=True)
    def pytest_unconfigure(self) -> None:
        """Stop the nodes: before pytest looks for what nobody has closed."""
        self._pool.stop_all()

    def node(self, settings: NodeSettings) -> Node:
        """Return the node of these settings, started if need be; one that cannot be started is a failure, never a skip."""
        try:
            return self._pool.get(settings)
        except ProtocolMismatch as error:
            if error.version in self.settings.protocol_versions:  # another round of the matrix runs it
                pytest.skip(needs.other_version(settings.name, error.version, settings.protocol_version))
            raise _failure(error) from None
        except HarnessError as error:
            raise _failure(error) from None

    def described(self) -> list[str]:
        """Return a line on each node for the header of a run."""
        return [self._description(node) for node in self.settings.nodes]

    def _description(self, node: NodeSettings) -> str:
        own_version = node.kind != "embedded" and not node.protocol_chosen
        return f"{node.name} node" + ("" if own_version else f", protocol {node.protocol_version or 'latest'}")

    def _tell(self, text: str) -> None:
        """Tell something that takes long, although pytest captures what is printed."""
        capture, reporter = (self._config.pluginmanager.get_plugin(name) for name in ("capturemanager", "terminalreporter"))
        if reporter is None:  # a worker of pytest-xdist
            return
        if capture is None:
            reporter.write_line(f"near: {text}")
            return
        with capture.global_and_fixture_disabled():
            reporter.ensure_newline()
            reporter.write_line(f"near: {text}")

    # the matrix

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run what uses a node on each of them."""
        if len(self.settings.nodes) > 1 and "near_node" in metafunc.fixturenames:
            ids = [self._id(node) for node in self.settings.nodes]
            metafunc.parametrize("near_node", self.settings.nodes, ids=ids, indirect=True, scope="session")

    def _id(self, node: NodeSettings) -> str:
        return f"{node.name}-{node.protocol_version or 'latest'}" if self._several_protocols else node.name

    def settings_of(self, item: pytest.Item) -> NodeSettings | None:
        """Return the settings of the node on which a test runs, None where it uses none."""
        if "near_node" not in getattr(item, "fixturenames", ()):
            return None
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        chosen: NodeSettings = parameters.get("near_node", self.settings.node)
        return chosen

    # what a node cannot do

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Refuse marks that nothing can satisfy."""
        try:
            for item in items:
                needs.check_markers(item)
        except HarnessError as error:
            raise pytest.UsageError(str(error)) from None

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip what the node cannot do."""
        self._pool.logs_begin()
        settings = self.settings_of(item)
        if settings is None or not needs.asks_for_something(item):
            return
        reason = needs.missing(item, self.node(settings), settings.name)
        if reason is not None:
            pytest.skip(reason)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """List the tests that were skipped for what their node lacks."""
        lines = needs.summary(terminalreporter.stats)
        if lines:
            terminalreporter.section("not run: what the node lacks")
            for line in lines:
                terminalreporter.write_line(line)

    # logs

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach to a failure what the node wrote during the test."""
        report = yield
        settings = self.settings_of(item) if report.failed else None
        if settings is not None:
            log = self._pool.logs(settings)
            debug = debug_lines(log)
            if debug:
                text = "\n".join(f"  | {line}" for line in debug[-_LOG_LINES:])
                report.sections.append((f"near: debug log of contracts on the node {settings.name}", text))
            if len(debug) < len(log.splitlines()):
                report.sections.append((f"near: log of the node {settings.name}", last_lines(log, _LOG_LINES)))
        return report


def _worker_number(config: pytest.Config) -> int:
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    digits = str(worker).removeprefix("gw")
    return int(digits) if digits.isdecimal() else 0


def _failure(error: HarnessError) -> BaseException:
    return pytest.fail.Exception(f"{type(error).__name__}: {error}", pytrace=False)
