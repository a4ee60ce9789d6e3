"""A node of its own for the tests of the drop-in command."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox_process import SandboxProcess, init, running


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """A node with the account and the chain id ``sandbox``."""
    home = tmp_path_factory.mktemp("home") / "near"
    init(home, "--fast", "--account-id", "sandbox", "--test-seed", "sandbox", "--chain-id", "sandbox")
    with running(home) as node:
        yield node
