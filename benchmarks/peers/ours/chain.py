"""A bank that stakes with a pool, and a customer."""

from __future__ import annotations

from near_harness import Near
from peers.timing import CONTRACTS


class Bank:
    """What each of the other peers does too, as a test writes it. :meth:`open` first."""

    def __init__(self, near: Near) -> None:
        self._near = near

    async def open(self) -> Bank:
        """Make the accounts, with the contracts on them."""
        self.customer = await self._near.create_account("customer", "10000 NEAR")
        self.bank = await self._near.deploy(CONTRACTS / "bank.wasm", "bank", balance="1000 NEAR")
        self.pool = await self._near.deploy(CONTRACTS / "staking_pool.wasm", "pool", balance="1000 NEAR")
        return self

    async def transfer(self) -> None:
        """Pay the root account."""
        await self.customer.transfer(self._near.root, "1 NEAR")

    async def call(self) -> None:
        """Call the bank, which asks the pool and hears back."""
        tx = await self.bank.deposit_and_stake(pool=self.pool).by(self.customer).attach("1 NEAR").gas("150 Tgas")
        assert tx.json() is True

    async def credit(self) -> int:
        """A view of the bank."""
        return int(await self.bank.credit_of(account=self.customer))

    async def rewind(self) -> None:
        """Take a snapshot and go back to it."""
        self._near.restore(self._near.snapshot())
