"""Where the contracts of these examples are."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def wasm() -> Path:
    """The folder of the compiled contracts: in a repository of your own, target/near."""
    return Path(__file__).parents[2] / "contracts" / "compiled"
