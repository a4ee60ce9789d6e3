"""The accounts and contracts that the behaviour tests share; each test starts from the same chain."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import Contract, Near


@pytest.fixture
async def pool(near: Near, contracts: Path) -> Contract:
    """A staking pool that can be told to fail."""
    return await near.deploy(contracts / "staking_pool.wasm", "pool")


@pytest.fixture
async def bank(near: Near, contracts: Path) -> Contract:
    """A bank that stakes with a pool."""
    return await near.deploy(contracts / "bank.wasm", "bank")
