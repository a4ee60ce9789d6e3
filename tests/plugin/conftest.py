"""Each test runs pytest on a small project of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Write test modules, run pytest on them in a process of its own, and return what it said."""
    # With CI set, pytest repeats each failure whole in its summary: what is counted would be there twice.
    for variable in (
        "NEAR_HARNESS_NODE",
        "NEAR_HARNESS_PROTOCOL_VERSION",
        "NEAR_HARNESS_PORT",
        "PYTEST_ADDOPTS",
        "CI",
        "BUILD_NUMBER",
    ):
        monkeypatch.delenv(variable, raising=False)

    def run(source: str = "", *options: str, ini: str = "asyncio_mode = auto", **modules: str) -> pytest.RunResult:
        pytester.makeini(f"[pytest]\nasyncio_default_fixture_loop_scope = function\n{ini}\n")
        if source:
            pytester.makepyfile(source)
        if modules:
            pytester.makepyfile(**modules)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error", *options)

    return run
