"""What all tests share: where the recorded answers and the compiled contracts are."""

from __future__ import annotations

from pathlib import Path

import pytest

CONTRACTS = Path(__file__).parent.parent / "contracts" / "compiled"


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The folder of the compiled contracts."""
    return CONTRACTS
