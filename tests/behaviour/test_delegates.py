"""Meta-transactions: who signs, who pays, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import NEAR, Account, Contract, Near, TGas, expect, transactions
from near_harness.errors import BadInput
from near_harness.outcome.failures import (
    DelegateActionExpired,
    DelegateActionInvalidNonce,
    DelegateActionSenderDoesNotMatchTxReceiver,
)


@pytest.fixture
async def demo(near: Near, contracts: Path) -> Contract:
    return await near.deploy(contracts / "deposit_demo.wasm", "demo")


async def test_the_relayer_pays_gas_and_deposit(demo: Contract, alice: Account, bob: Account) -> None:
    before = await alice.balance()
    signed = await alice.delegate(demo, demo.accept().attach(NEAR(2)).gas(TGas(20)))

    tx = await signed.by(bob)

    expect(tx).contains(receiver=demo, method="accept", predecessor=alice, deposit=NEAR(2), status="succeeded")
    expect(tx).conserved_tokens()
    assert await alice.balance() == before
    assert await demo.accepted().amount() == NEAR(2)
    assert NEAR("97.9") < await bob.balance() < NEAR(98)


async def test_several_actions_are_one_receipt(alice: Account, bob: Account, carol: Account) -> None:
    signed = await alice.delegate(carol, transactions.transfer(NEAR(1)), transactions.transfer(NEAR(2)))

    expect(await signed.by(bob)).paid(NEAR(3), by=alice, to=carol).lost(NEAR(3), by=bob)


async def test_it_is_executed_once(demo: Contract, alice: Account, bob: Account) -> None:
    signed = await alice.delegate(demo, demo.accept().attach(NEAR(1)))
    await signed.by(bob)

    await signed.by(bob).expect_failure(DelegateActionInvalidNonce)


@pytest.mark.near_needs("time_travel")
async def test_it_expires(near: Near, demo: Contract, alice: Account, bob: Account) -> None:
    signed = await alice.delegate(demo, demo.accept(), blocks=5)
    await near.fast_forward(10)

    await signed.by(bob).expect_failure(DelegateActionExpired)


async def test_it_goes_to_who_signed_it(demo: Contract, alice: Account, bob: Account, carol: Account) -> None:
    signed = await alice.delegate(demo, demo.accept())

    await bob.batch(carol, signed.action).expect_failure(DelegateActionSenderDoesNotMatchTxReceiver)


async def test_what_can_never_be_executed_is_refused(demo: Contract, alice: Account) -> None:
    with pytest.raises(BadInput, match="valid for 0 blocks"):
        await alice.delegate(demo, demo.accept(), blocks=0)
    with pytest.raises(BadInput, match="without actions"):
        await alice.delegate(demo)
    signed = await alice.delegate(demo, demo.accept())
    with pytest.raises(BadInput, match=r"accept on demo\S* by alice\S*: nobody signs it"):
        await signed
