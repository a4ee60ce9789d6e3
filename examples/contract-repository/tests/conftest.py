"""Deploys the contracts. A fixture of a wider scope does it once for all tests; each test still finds them as fresh."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import Contract, Near

# In a repository of your own: Path(__file__).parent.parent / "target" / "near"
WASM = Path(__file__).parents[3] / "contracts" / "compiled"


@pytest.fixture(scope="session")
async def pool(near: Near) -> Contract:
    """The staking pool that the bank uses."""
    return await near.deploy(WASM / "staking_pool.wasm", "pool")


@pytest.fixture(scope="session")
async def bank(near: Near) -> Contract:
    """The contract under test."""
    return await near.deploy(WASM / "bank.wasm", "bank")
