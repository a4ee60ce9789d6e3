"""What all tests share: where the compiled contracts are, and the two that most tests deploy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from near_harness import Contract, Near

CONTRACTS = Path(__file__).parent.parent / "contracts" / "compiled"


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The folder of the compiled contracts."""
    return CONTRACTS


@pytest.fixture
async def pool(near: Near, contracts: Path) -> Contract:
    """A staking pool that can be told to fail."""
    return await near.deploy(contracts / "staking_pool.wasm", "pool")


@pytest.fixture
async def bank(near: Near, contracts: Path) -> Contract:
    """A bank that stakes with a pool."""
    return await near.deploy(contracts / "bank.wasm", "bank")
