"""A fungible token whose transfers any key can make, and whose resolve makes tokens; and one that keeps NEP-141."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from behaviour.twins.conftest import Deploy

from near_harness import Account, Call, Contract, ContractPanic, KeyPair, Near, TGas, expect, transactions, yocto

Sum = Callable[[Contract], Awaitable[int]]


@pytest.fixture
async def receiver(deploy: Deploy) -> Contract:
    return await deploy("token_receiver", "receiver")


@pytest.fixture
async def bad(deploy: Deploy, alice: Account) -> Contract:
    return await deploy("token_bad", owner_id=alice.id, total_supply="1000")


@pytest.fixture
async def good(deploy: Deploy, alice: Account) -> Contract:
    return await deploy("token_good", owner_id=alice.id, total_supply="1000")


@pytest.fixture
def tokens_of_all(alice: Account, bob: Account, receiver: Contract) -> Sum:
    """Counts the tokens that there are."""

    async def count(token: Contract) -> int:
        return sum([int(await token.ft_balance_of(account_id=who)) for who in (alice, bob, receiver)])

    return count


def send(token: Contract, receiver: Contract, msg: str, amount: int = 100) -> Call:
    call: Call = token.ft_transfer_call(receiver_id=receiver, amount=str(amount), msg=msg)
    return call.attach(yocto(1))


async def test_a_receiver_that_spends_and_claims_makes_tokens(
    bad: Contract, receiver: Contract, alice: Account, bob: Account, tokens_of_all: Sum
) -> None:
    await bad.ft_transfer(receiver_id=bob, amount="100").by(alice)

    tx = await send(bad, receiver, f"spend {alice.id}").by(bob)

    assert tx.json() == "0"
    assert await bad.ft_balance_of(account_id=bob) == "100"  # he has them again, and alice has them too
    assert await bad.ft_balance_of(account_id=alice) == "1000"
    assert (await tokens_of_all(bad), await bad.ft_total_supply()) == (1100, "1000")


async def test_what_is_returned_is_taken_from_the_receiver(
    good: Contract, receiver: Contract, alice: Account, bob: Account, tokens_of_all: Sum
) -> None:
    await good.ft_transfer(receiver_id=bob, amount="100").by(alice).attach(yocto(1))

    tx = await send(good, receiver, f"spend {alice.id}").by(bob)

    assert tx.json() == "100"  # they were used, whatever the receiver says
    assert await good.ft_balance_of(account_id=bob) == "0"
    assert (await tokens_of_all(good), await good.ft_total_supply()) == (1000, "1000")


@pytest.mark.parametrize("msg", ["keep", "return", "panic"])
async def test_a_transfer_call_moves_what_was_used(
    good: Contract, receiver: Contract, alice: Account, tokens_of_all: Sum, msg: str
) -> None:
    used = "100" if msg == "keep" else "0"

    tx = await send(good, receiver, msg).by(alice).attempt()

    assert tx.json() == used
    assert await good.ft_balance_of(account_id=receiver) == used
    assert await tokens_of_all(good) == 1000
    moved = {account: change for account, change in tx.ledger.tokens[good.id].items() if change} if tx.ledger else {}
    assert moved == ({alice.id: -100, receiver.id: 100} if used == "100" else {})


async def with_a_key_for_the_token(near: Near, token: Contract, alice: Account) -> Account:
    """Alice, with a key that may call the token and nothing else: what a web page holds. It cannot attach money."""
    key = KeyPair.from_seed("web page")
    await alice.send(alice, [transactions.add_function_call_key(key.public_key, token.id)])
    return near.account(alice.id, key)


async def test_a_key_of_a_web_page_moves_tokens(near: Near, bad: Contract, alice: Account, bob: Account) -> None:
    page = await with_a_key_for_the_token(near, bad, alice)

    await bad.ft_transfer(receiver_id=bob, amount="1000").by(page)

    assert await bad.ft_balance_of(account_id=bob) == "1000"


async def test_a_key_of_a_web_page_cannot_move_tokens(near: Near, good: Contract, alice: Account, bob: Account) -> None:
    page = await with_a_key_for_the_token(near, good, alice)

    call = good.ft_transfer(receiver_id=bob, amount="1000").by(page)
    await call.expect_failure(ContractPanic, "exactly 1 yoctoNEAR")
    await call.attach(yocto(1)).expect_failure("DepositWithFunctionCall")

    assert await good.ft_balance_of(account_id=bob) == "0"


async def test_more_than_there_is_cannot_be_moved(good: Contract, receiver: Contract, alice: Account) -> None:
    tx = await send(good, receiver, "keep", amount=1001).by(alice).gas(TGas(100)).attempt()

    expect(tx).panicked(f"{alice.id} has 1000 tokens").rolled_back(good)
