"""A cluster of two workers on this machine, and the contracts that the campaigns are about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster

from near_harness import Contract, Near


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """Two processes; no dashboard, and nobody outside can reach it."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1") as cluster:
        yield cluster


@pytest.fixture(scope="session")
def workers(cluster: Any) -> Iterator[Client]:
    """The cluster's client."""
    with Client(cluster) as client:
        yield client


@pytest.fixture
async def pool(near: Near, contracts: Path) -> Contract:
    """A staking pool that can be told to fail."""
    return await near.deploy(contracts / "staking_pool.wasm", "pool")


@pytest.fixture
async def bank(near: Near, contracts: Path) -> Contract:
    """A bank that stakes with a pool."""
    return await near.deploy(contracts / "bank.wasm", "bank")
