"""What the behaviour tests share; each test starts from the same chain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from properties import probe

from near_harness import NEAR, Account, Contract, Near

Nonce = Callable[[Account], Awaitable[int]]


@pytest.fixture
def nonce(near: Near) -> Nonce:
    """Reads the nonce of an account's key: it grows with each transaction, and with nothing else."""

    async def read(account: Account) -> int:
        key = await near.client.query("view_access_key", account_id=account.id, public_key=account.key.public_key)
        return int(key["nonce"])

    return read


@pytest.fixture
async def probed(near: Near) -> Contract:
    """A contract that does what it is told, by host functions."""
    if near.node.protocol_version < 85:
        pytest.skip(f"protocol {near.node.protocol_version}: the probe imports host functions that are known from 85 on")
    return await near.deploy(probe.WASM, "probe", balance=NEAR(50))
