"""What all tests share: where the recorded answers and the compiled contracts are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tests/recorded.py

CONTRACTS = Path(__file__).parent.parent / "contracts" / "compiled"


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The folder of the compiled contracts."""
    return CONTRACTS
