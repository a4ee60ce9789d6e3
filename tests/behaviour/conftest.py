"""The accounts and contracts that the behaviour tests share; each test starts from the same chain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from near_harness import Account, Contract, Near

Nonce = Callable[[Account], Awaitable[int]]


@pytest.fixture
async def pool(near: Near, contracts: Path) -> Contract:
    """A staking pool that can be told to fail."""
    return await near.deploy(contracts / "staking_pool.wasm", "pool")


@pytest.fixture
async def bank(near: Near, contracts: Path) -> Contract:
    """A bank that stakes with a pool."""
    return await near.deploy(contracts / "bank.wasm", "bank")


@pytest.fixture
def nonce(near: Near) -> Nonce:
    """Reads the nonce of an account's key: it grows with each transaction, and with nothing else."""

    async def read(account: Account) -> int:
        key = await near.client.query("view_access_key", account_id=account.id, public_key=account.key.public_key)
        return int(key["nonce"])

    return read
