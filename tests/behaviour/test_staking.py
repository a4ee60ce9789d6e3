"""Stakes: what they lock, what is too little or too much, and when an account gets its money back."""

from __future__ import annotations

from typing import Any

import pytest

from near_harness import NEAR, Account, Amount, Near, expect, transactions
from near_harness.outcome.failures import DeleteAccountStaking, InsufficientStake, TriesToStake, TriesToUnstake

_STAKE = NEAR(2000)
"""More than the least that may be staked here (a tenth of a seat's price), and too little for a seat."""


pytestmark = pytest.mark.near_needs("time_travel")


@pytest.fixture
async def staker(near: Near) -> Account:
    """An account at the beginning of an epoch: at its end money moves that wins no seat."""
    account = await near.create_account("staker", NEAR(5000))
    await near.fast_forward(epochs=1)
    return account


async def view(near: Near, who: Account) -> dict[str, Any]:
    return await near.client.query("view_account", account_id=who.id)


async def test_a_stake_locks_money(near: Near, staker: Account) -> None:
    before = int((await view(near, staker))["amount"])

    tx = await staker.send(staker, [transactions.stake(_STAKE, staker.key.public_key)])

    expect(tx).succeeded().conserved_tokens()
    after = await view(near, staker)
    assert int(after["locked"]) == _STAKE
    assert NEAR("1999.99") < Amount(before - int(after["amount"])) < NEAR("2000.01")
    proposals = (await near.client.rpc("validators", [None]))["current_proposals"]
    assert {"account_id": staker.id, "stake": str(int(_STAKE))}.items() <= next(
        proposal for proposal in proposals if proposal["account_id"] == staker.id
    ).items()
    with pytest.raises(TriesToStake):
        await staker.send(staker, [transactions.stake(NEAR(6000), staker.key.public_key)])
    with pytest.raises(DeleteAccountStaking):
        await staker.send(staker, [transactions.delete_account(near.root.id)])


async def test_too_little_is_no_stake(near: Near, staker: Account) -> None:
    with pytest.raises(InsufficientStake) as refused:
        await staker.send(staker, [transactions.stake(NEAR(1), staker.key.public_key)])
    assert refused.value.outcome is not None
    expect(refused.value.outcome).conserved_tokens()
    assert (await view(near, staker))["locked"] == "0"


async def test_without_a_stake_there_is_nothing_to_take_back(staker: Account) -> None:
    with pytest.raises(TriesToUnstake):
        await staker.send(staker, [transactions.stake(NEAR(0), staker.key.public_key)])


async def test_a_stake_that_wins_no_seat_comes_back(near: Near, staker: Account) -> None:
    await staker.send(staker, [transactions.stake(_STAKE, staker.key.public_key)])
    locked = await view(near, staker)
    assert int(locked["locked"]) == _STAKE

    await near.fast_forward(epochs=4)

    free = await view(near, staker)
    assert int(free["locked"]) == 0
    assert int(free["amount"]) - int(locked["amount"]) == _STAKE
    assert staker.id not in [one["account_id"] for one in (await near.client.rpc("validators", [None]))["current_validators"]]
