"""A fungible token (NEP-141): who has how many, also when the receiver of a transfer misbehaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import Account, Call, Contract, ContractPanic, Near, TGas, expect, yocto

SUPPLY = 1_000


@pytest.fixture
async def token(near: Near, wasm: Path, alice: Account) -> Contract:
    """The token; all of it is alice's."""
    args = {"owner_id": alice, "total_supply": str(SUPPLY)}
    return await near.deploy(wasm / "token_good.wasm", "token", init="new", args=args)


async def holdings(token: Contract, *accounts: object) -> list[int]:
    """How many tokens accounts have."""
    return [int(await token.ft_balance_of(account_id=account)) for account in accounts]


async def test_a_transfer(token: Contract, alice: Account, bob: Account) -> None:
    tx = await token.ft_transfer(receiver_id=bob, amount="30").by(alice).attach(yocto(1))

    assert await holdings(token, alice, bob) == [970, 30]
    assert tx.ledger.tokens == {token.id: {alice.id: -30, bob.id: 30}}  # by the events that the token logs


async def test_a_key_for_calls_cannot_spend_tokens(token: Contract, alice: Account, bob: Account) -> None:
    call = token.ft_transfer(receiver_id=bob, amount="30").by(alice)  # such a key can attach nothing

    await call.expect_failure(ContractPanic, "Requires attached deposit of exactly 1 yoctoNEAR")


async def test_nobody_spends_more_than_they_have(token: Contract, alice: Account, bob: Account) -> None:
    call = token.ft_transfer(receiver_id=alice, amount="1").by(bob).attach(yocto(1))

    failure = await call.expect_failure(ContractPanic)
    expect(failure).rolled_back(token)


def pay(token: Contract, alice: Account, shop: object) -> Call:
    """Send 100 tokens to a shop, which is called and may send some back."""
    call: Call = token.ft_transfer_call(receiver_id=shop, amount="100", msg="one teapot")
    return call.by(alice).attach(yocto(1)).gas(TGas(60))


async def test_a_shop_takes_what_it_needs(near: Near, token: Contract, alice: Account) -> None:
    shop = await near.puppet("shop")
    shop.on("ft_on_transfer").returns("40")  # 40 were not needed

    await pay(token, alice, shop)

    assert await holdings(token, alice, shop) == [940, 60]


async def test_a_shop_that_fails_keeps_nothing(near: Near, token: Contract, alice: Account) -> None:
    shop = await near.puppet("shop")
    shop.on("ft_on_transfer").panics("closed")

    await pay(token, alice, shop).expect_failure(at=shop)

    assert await holdings(token, alice, shop) == [SUPPLY, 0]


@pytest.mark.parametrize("answer", ["101", str(2**128 - 1), "-1", 7, None, {"unused": "5"}])
async def test_no_answer_makes_tokens_out_of_nothing(near: Near, token: Contract, alice: Account, answer: object) -> None:
    shop = await near.puppet("shop")
    shop.on("ft_on_transfer").returns(answer)

    await pay(token, alice, shop)

    assert sum(await holdings(token, alice, shop)) == SUPPLY == int(await token.ft_total_supply())
