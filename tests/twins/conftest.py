"""A stage for the stories, and a table of how each was found and how long it took."""

from __future__ import annotations

from pathlib import Path

import pytest
from twins.stories import Stage

from near_harness import Account, Near

TOOK = pytest.StashKey[list[str]]()


@pytest.fixture
def stage(near: Near, contracts: Path, alice: Account, bob: Account) -> Stage:
    return Stage(near, contracts, alice, bob)


@pytest.fixture
def took(pytestconfig: pytest.Config) -> list[str]:
    """Lines for the end of the run."""
    return pytestconfig.stash.setdefault(TOOK, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print how each story was found."""
    lines = config.stash.get(TOOK, [])
    if lines:
        terminalreporter.section("stories")
        for line in lines:
            terminalreporter.write_line(line)
