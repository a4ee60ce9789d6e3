"""Contracts as objects: what the contract would refuse is refused before it is sent; batches; calls from contracts' accounts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from near_harness import NEAR, Account, Contract, ContractPanic, Near, expect, transactions
from near_harness.errors import BadInput, InvalidArguments, NotPayable
from near_harness.expectations import ExpectationFailed


async def test_a_deposit_for_a_method_that_takes_none_is_not_sent(bank: Contract, alice: Account) -> None:
    before = await alice.balance()
    with pytest.raises(NotPayable, match=re.escape(f"{bank.id}.withdraw takes no deposit, so 1 NEAR would be refused")):
        bank.withdraw().by(alice).attach(NEAR(1))
    with pytest.raises(NotPayable, match=r"the method is not #\[payable\]"):
        alice.call(bank, "withdraw", deposit=NEAR(1))
    assert await alice.balance() == before
    failure = await alice.call(bank.id, "withdraw", deposit=NEAR(1)).expect_failure(ContractPanic, "doesn't accept deposit")
    expect(failure).refunded(NEAR(1), to=alice)


async def test_nothing_attached_is_fine(bank: Contract, alice: Account) -> None:
    await bank.withdraw().by(alice).attach("0 NEAR").expect_failure(ContractPanic, "has no credit")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"pool": 5, "account": "x.near"}, "'pool' of staked_with(pool, account) is 5, but the contract takes string"),
        ({"pool": "x.near", "account": ["y"]}, "'account' of staked_with(pool, account) is ['y'], but the contract takes string"),
        ({"pool": "x.near", "account": None}, "'account' of staked_with(pool, account) is None, but the contract takes string"),
        ({"pool": "x.near"}, "missing argument 'account'"),
        ({"pool": "x.near", "acount": "y"}, "unknown argument 'acount' for staked_with(pool, account); did you mean account"),
    ],
)
async def test_wrong_arguments_are_not_sent(bank: Contract, arguments: dict[str, object], text: str) -> None:
    with pytest.raises(InvalidArguments, match=re.escape(text)):
        bank.staked_with(**arguments)


async def test_a_batch_happens_as_a_whole(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    stakes = bank.deposit_and_stake(pool).attach(NEAR(1)).gas("100 Tgas")
    tx = await alice.batch(bank, transactions.transfer(NEAR(2)), stakes, stakes)
    expect(tx).contains(kind="call", method="deposit_and_stake", deposit=NEAR(4), count=1).gained(NEAR(2), by=bank)
    assert await bank.credit_of(alice).amount() == NEAR(2)

    before = await near.balance(bank)
    failure = await alice.batch(bank, transactions.transfer(NEAR(2)), bank.withdraw(amount=NEAR(99))).expect_failure(
        ContractPanic
    )
    assert failure.action_index == 1
    expect(failure).rolled_back(bank).refunded(NEAR(2), to=alice)
    assert abs(await near.balance(bank) - before) < NEAR("0.001")  # its part of the gas


async def test_what_is_no_batch(bank: Contract, pool: Contract, alice: Account) -> None:
    with pytest.raises(BadInput, match=rf"{pool.id}\.unstake in a batch for {bank.id}: a transaction has one receiver"):
        await alice.batch(bank, pool.unstake())
    with pytest.raises(BadInput, match="without actions"):
        await alice.batch(bank)


async def test_a_contract_calls_from_its_own_account(bank: Contract, pool: Contract, alice: Account) -> None:
    await bank.deposit_and_stake(pool).by(alice).attach(NEAR(2)).gas("150 Tgas")
    tx = await bank.bring_back(pool=pool, amount=NEAR(2)).by(bank)
    expect(tx).paid(NEAR(2), by=pool, to=bank)
    with pytest.raises(ExpectationFailed, match="expected failure of the transaction, but it succeeded"):
        await pool.deposit_and_stake().by(bank).attach(NEAR(1)).expect_failure()


async def test_arguments_for_nothing_are_refused(near: Near, contracts: Path) -> None:
    with pytest.raises(InvalidArguments, match='add init="new"'):
        await near.deploy(contracts / "clerk.wasm", "clerk", args={"of": "nothing"})
    assert not await near.exists(f"clerk.{near.root.id}")


async def test_a_private_init_says_what_it_takes(near: Near, contracts: Path) -> None:
    with pytest.raises(ContractPanic, match=r'near.deploy\(wasm, await near.create_account\(name\), init="new"\)'):
        await near.deploy(contracts / "bank.wasm", "private", init="new")
    account = await near.create_account("private")
    await near.deploy(contracts / "bank.wasm", account, init="new")


async def test_what_is_not_awaited_is_neither_true_nor_false(bank: Contract, alice: Account) -> None:
    for forgotten in (bank.credit_of(alice), bank.withdraw().by(alice), alice.batch(bank, bank.withdraw())):
        with pytest.raises(BadInput, match=r"withdraw|credit_of.*before it is awaited: write \(await …\)"):
            assert forgotten.taken()
