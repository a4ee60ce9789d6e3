"""A deposit that a bank stakes with a pool which refuses it, and a withdrawal at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import Account, Contract, Near

WASM = Path(__file__).parents[2] / "contracts" / "compiled"
"""In a repository of your own: target/near."""


@pytest.fixture
async def pool(near: Near) -> Contract:
    """A staking pool that refuses every deposit."""
    pool = await near.deploy(WASM / "staking_pool.wasm", "pool")
    await pool.set_paused(paused=True).by(pool.account)
    return pool


@pytest.fixture
async def bank(near: Near) -> Contract:
    """The bank."""
    return await near.deploy(WASM / "bank.wasm", "bank")


async def scenario_credit_before_the_stake(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    """The bank gives credit at once, and takes it back when the stake has failed: in between it is withdrawn."""
    stake = bank.deposit_and_stake_racy(pool=pool).by(alice).attach("10 NEAR").gas("150 Tgas")
    await near.explore([stake, bank.withdraw().by(alice)])


async def scenario_right(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    """The bank gives credit when the stake has succeeded."""
    stake = bank.deposit_and_stake(pool=pool).by(alice).attach("10 NEAR").gas("150 Tgas")
    await near.explore(
        [stake, bank.withdraw().by(alice)],
        invariant=lambda chain: chain.money(bank) >= chain.amount(bank.total_credit()),
    )
