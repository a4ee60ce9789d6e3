"""A node of its own for each test under load: what one leaves behind is not the next one's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_process import SandboxProcess, init, running


@pytest.fixture
def node(tmp_path: Path) -> Iterator[SandboxProcess]:
    """A node with the account and the chain id ``sandbox``."""
    home = tmp_path / "near"
    init(home, "--fast", "--account-id", "sandbox", "--test-seed", "sandbox", "--chain-id", "sandbox")
    with running(home) as process:
        yield process
