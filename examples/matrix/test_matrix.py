"""What differs between protocol versions, and what does not."""

from __future__ import annotations

import pytest

from near_harness import NEAR, Account, Near, TGas, expect
from near_harness.demo.contracts import demo_contract
from near_harness.nodes.base import Node


async def test_a_failed_stake_is_handled_on_every_version(near: Near, alice: Account) -> None:
    pool = await near.deploy(demo_contract("staking_pool"), "pool")
    bank = await near.deploy(demo_contract("bank"), "bank")
    await pool.set_paused(paused=True).by(pool)

    tx = await bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150))

    expect(tx.receipt(pool, "deposit_and_stake")).panicked("pool is paused")
    expect(tx).returned_everything_but_gas(to=alice).conserved_tokens()


async def test_contracts_get_a_part_of_the_gas_before_87(near: Near, near_node: Node, alice: Account) -> None:
    demo = await near.deploy(demo_contract("deposit_demo"), "demo")

    tx = await demo.accept().by(alice).attach(NEAR(1))

    assert bool(tx.ledger.rewards) == (near_node.protocol_version < 87)


@pytest.mark.near_needs(protocol=87)
async def test_what_only_newer_versions_do(near_node: Node) -> None:
    assert near_node.protocol_version >= 87
