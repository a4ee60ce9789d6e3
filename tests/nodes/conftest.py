"""The drop-in command as the binary that is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from nodes.programs import DROP_IN, program


@pytest.fixture
def drop_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = program(tmp_path, DROP_IN)
    monkeypatch.setenv("NEAR_SANDBOX_BIN_PATH", str(path))
    return path
