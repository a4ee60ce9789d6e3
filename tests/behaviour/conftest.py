"""What the behaviour tests share; each test starts from the same chain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from near_harness import Account, Near

Nonce = Callable[[Account], Awaitable[int]]


@pytest.fixture
def nonce(near: Near) -> Nonce:
    """Reads the nonce of an account's key: it grows with each transaction, and with nothing else."""

    async def read(account: Account) -> int:
        key = await near.client.query("view_access_key", account_id=account.id, public_key=account.key.public_key)
        return int(key["nonce"])

    return read
