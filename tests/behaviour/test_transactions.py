"""Accounts, transactions and views: what is sent, what is refused before it, and what comes back."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from behaviour.conftest import Nonce

from near_harness import NEAR, Account, Call, Contract, ContractPanic, KeyPair, Near, TGas, expect, transactions, yocto
from near_harness.errors import (
    BadInput,
    InvalidAccountId,
    InvalidAmount,
    InvalidArguments,
    InvalidContractCode,
    UnknownAccount,
    UnknownMethod,
    ViewFailed,
)
from near_harness.outcome.failures import (
    AccessKeyNotFound,
    AccountAlreadyExists,
    AccountDoesNotExist,
    CodeDoesNotExist,
    CompilationError,
    GasExceeded,
    InvalidAccessKey,
    MethodNotFound,
    NotEnoughBalance,
    SignerDoesNotExist,
)


async def test_a_transfer_moves_money(alice: Account, bob: Account) -> None:
    tx = await alice.transfer(bob, "1.5 NEAR")

    expect(tx).paid(NEAR("1.5"), by=alice, to=bob).conserved_tokens()
    assert await bob.balance() == NEAR("101.5")
    assert NEAR("98.49") < await alice.balance() < NEAR("98.5")


async def test_a_transfer_to_nobody_returns_the_money(alice: Account) -> None:
    with pytest.raises(AccountDoesNotExist) as failed:
        await alice.transfer("nobody.sandbox", NEAR(1))
    tx = failed.value.outcome
    assert tx is not None
    expect(tx).refunded(NEAR(1), to=alice).conserved_tokens()
    assert f"refund 1 NEAR to {alice.id}" in str(failed.value)


async def test_what_is_sent_without_waiting_and_refused_is_said_at_once(alice: Account, bob: Account) -> None:
    with pytest.raises(NotEnoughBalance) as refused:
        await alice.batch(bob, transactions.transfer(NEAR(1000))).start()
    assert refused.value.transaction_hash
    first, second = [await alice.batch(bob, transactions.transfer(yocto(1))).start() for _ in range(2)]
    for sent in (second, first):
        expect(await sent).paid(yocto(1), by=alice, to=bob)


async def test_those_who_are_refused_stop_no_others(alice: Account, bob: Account) -> None:
    amounts = [NEAR(1), NEAR(1000), NEAR(2), NEAR(1000), NEAR(3)]
    sent = await asyncio.gather(*(alice.transfer(bob, amount) for amount in amounts), return_exceptions=True)
    assert [isinstance(one, NotEnoughBalance) for one in sent] == [False, True, False, True, False]
    assert await bob.balance() == NEAR(106)


async def test_many_transactions_of_one_key_at_once(alice: Account, bob: Account) -> None:
    before = await bob.balance()
    await asyncio.gather(*(alice.transfer(bob, yocto(1)) for _ in range(10)))
    assert await bob.balance() - before == yocto(10)


async def test_accounts_are_created_with_money_and_a_key(near: Near) -> None:
    dora = await near.create_account("dora", NEAR(5))
    assert dora.id == f"dora.{near.root.id}"
    assert await dora.balance() == NEAR(5)
    below = await near.create_account(f"below.{dora.id}", "1 NEAR")
    assert await near.exists(below)
    first, second, third = await asyncio.gather(*(near.create_account() for _ in range(3)))
    assert [first.id, second.id, third.id] == [f"account-{i}.{near.root.id}" for i in (1, 2, 3)]


async def test_an_account_cannot_be_created_twice(near: Near, alice: Account) -> None:
    with pytest.raises(AccountAlreadyExists, match=re.escape(f"account_id {alice.id}")):
        await near.create_account(alice.id)


@pytest.mark.parametrize("name", ["Alice", "a b", "x" * 65, "nobodys.child.sandbox", ""])
async def test_a_bad_account_id_is_refused_before_anything_is_sent(near: Near, nonce: Nonce, name: str) -> None:
    before = await nonce(near.root)
    with pytest.raises(InvalidAccountId):
        await near.create_account(name)
    assert await nonce(near.root) == before


async def test_a_bad_receiver_is_refused_before_anything_is_sent(alice: Account) -> None:
    with pytest.raises(InvalidAccountId, match=r"contains 'B'.*did you mean 'bob.near'"):
        await alice.transfer("Bob.near", NEAR(1))


@pytest.mark.parametrize("amount", ["-1 NEAR", "much", 5, 1.5])
async def test_a_bad_amount_is_refused_before_anything_is_sent(
    near: Near, nonce: Nonce, alice: Account, bank: Contract, amount: str
) -> None:
    before = [await nonce(who) for who in (near.root, alice)]
    with pytest.raises(InvalidAmount):
        await alice.transfer("bob.sandbox", amount)
    with pytest.raises(InvalidAmount):
        bank.withdraw().by(alice).attach(amount)
    with pytest.raises(InvalidAmount):
        bank.withdraw().by(alice).gas(amount)
    with pytest.raises(InvalidAmount):
        await near.create_account("dora", amount)
    assert [await nonce(who) for who in (near.root, alice)] == before


@pytest.mark.parametrize("gas", [TGas(0), TGas(1001)])
async def test_gas_outside_the_protocols_limits_is_refused(bank: Contract, alice: Account, gas: str) -> None:
    with pytest.raises(BadInput, match="carries more than 0 and at most 1000 Tgas"):
        await bank.withdraw().by(alice).gas(gas)


async def test_a_missing_contract_is_refused(near: Near, contracts: Path) -> None:
    with pytest.raises(InvalidContractCode, match=r"bonk\.wasm does not exist; .* has .*bank\.wasm"):
        await near.deploy(contracts / "bonk.wasm")


async def test_a_broken_contract_is_refused(near: Near) -> None:
    with pytest.raises(InvalidContractCode, match="is no WebAssembly module"):
        await near.deploy(b"fn main() {}")


async def test_a_contract_that_the_virtual_machine_refuses_is_typed(near: Near, alice: Account) -> None:
    garbage_in_its_code = b"\0asm\1\0\0\0" + b"\x0a\x03\x01\xff\xff"
    contract = await near.deploy(garbage_in_its_code)
    with pytest.raises(UnknownMethod, match="has no method 'run'; it has no methods"):
        alice.call(contract, "run")
    with pytest.raises(CompilationError, match=r"PrepareError.*\n.*\ntry: the code is damaged, or uses WebAssembly"):
        await alice.call(contract.id, "run")


async def test_an_unknown_method_is_refused_before_anything_is_sent(
    near: Near, nonce: Nonce, bank: Contract, alice: Account
) -> None:
    before = [await nonce(who) for who in (near.root, alice)]
    with pytest.raises(UnknownMethod, match=re.escape(f"contract {bank.id} has no method 'withdraww'; did you mean withdraw")):
        bank.withdraww()
    with pytest.raises(UnknownMethod):
        alice.call(bank, "withdraww")
    with pytest.raises(UnknownMethod):
        bank.view("credits_of")
    with pytest.raises(UnknownMethod, match="has no method 'initialise'"):
        await near.deploy(bank_wasm(), init="initialise")
    assert [await nonce(who) for who in (near.root, alice)] == before


def bank_wasm() -> Path:
    return Path(__file__).parents[2] / "contracts" / "compiled" / "bank.wasm"


async def test_wrong_arguments_are_refused_before_anything_is_sent(bank: Contract, alice: Account) -> None:
    with pytest.raises(InvalidArguments, match=r"missing argument 'pool' for deposit_and_stake\(pool\)"):
        bank.deposit_and_stake()
    with pytest.raises(InvalidArguments, match=r"unknown argument 'amounts' for withdraw\(amount\?\); did you mean amount\?"):
        alice.call(bank, "withdraw", {"amounts": 1})


async def test_a_call_needs_somebody_who_signs(bank: Contract) -> None:
    with pytest.raises(BadInput, match=r"nobody signs it: add \.by\(alice\)"):
        await bank.withdraw()


async def test_a_call_says_what_it_is(bank: Contract, alice: Account) -> None:
    call = bank.deposit_and_stake(pool="pool.sandbox").by(alice).attach(NEAR(10)).gas(TGas(150)).taken()
    assert isinstance(call, Call)
    assert str(call) == f'{bank.id}.deposit_and_stake({{"pool": "pool.sandbox"}}) by {alice.id} with 10 NEAR, 150 Tgas'


async def test_the_runtime_knows_methods_that_the_harness_does_not(bank: Contract, alice: Account) -> None:
    with pytest.raises(MethodNotFound) as failed:
        await alice.call(bank.id, "nothing_here")
    assert f"called: {bank.id}.nothing_here({{}}) by {alice.id}, 100 Tgas" in str(failed.value)
    with pytest.raises(CodeDoesNotExist):
        await alice.call(alice, "anything")


async def test_too_little_gas_is_typed_with_advice(bank: Contract, pool: Contract, alice: Account) -> None:
    with pytest.raises(GasExceeded, match="try: attach more gas"):
        await bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(1))


async def test_what_the_protocol_refuses_is_typed(near: Near, alice: Account) -> None:
    with pytest.raises(NotEnoughBalance, match="give the signer more NEAR"):
        await alice.transfer("bob.sandbox", NEAR(1000))
    with pytest.raises(AccessKeyNotFound):
        await near.account(alice.id, KeyPair.from_seed("somebody else")).transfer(near.root, NEAR(1))
    with pytest.raises(SignerDoesNotExist):
        await near.account("ghost.sandbox").transfer(near.root, NEAR(1))


async def test_several_actions_succeed_together_or_not_at_all(near: Near, alice: Account) -> None:
    child = KeyPair.from_seed("child")
    actions = [transactions.create_account(), transactions.transfer(NEAR(2)), transactions.add_full_access_key(child.public_key)]
    child_id = f"child.{alice.id}"
    tx = await alice.send(child_id, actions)
    expect(tx).paid(NEAR(2), by=alice, to=child_id).conserved_tokens()

    with pytest.raises(AccountAlreadyExists) as failed:
        await alice.send(child_id, [transactions.transfer(NEAR(1)), transactions.create_account()])
    assert failed.value.action_index == 1
    assert await near.balance(child_id) == NEAR(2)


async def test_views_give_json_bytes_and_money(near: Near, bank: Contract, alice: Account) -> None:
    assert await bank.credit_of(alice) == "0"
    assert await bank.credit_of(account=alice).amount() == 0
    assert await bank.view("credit_of", account=alice) == "0"
    assert await bank.view("credit_of", json.dumps({"account": alice.id}).encode()).bytes() == b'"0"'
    assert await near.view(bank.id, "total_credit") == "0"


async def test_a_view_that_fails_is_typed(near: Near, bank: Contract) -> None:
    with pytest.raises(ViewFailed, match=rf"view {re.escape(bank.id)}\.credit_of: .*GuestPanic"):
        await bank.view("credit_of", b"no json")
    with pytest.raises(UnknownAccount):
        await near.view("nobody.sandbox", "anything")


async def test_a_contract_that_is_deployed_can_be_taken_up(near: Near, bank: Contract) -> None:
    again = await near.contract(bank.id)
    assert again.interface.has_abi
    assert await again.total_credit() == "0"


async def test_a_contract_can_be_deployed_on_an_account_that_exists(near: Near, alice: Account) -> None:
    bank = await near.deploy(bank_wasm(), alice, init="new")
    assert bank.id == alice.id
    assert await bank.total_credit().amount() == 0


async def test_an_initialisation_that_fails_leaves_no_account_behind(near: Near, contracts: Path) -> None:
    with pytest.raises(Exception, match=r"panicked|Panic|deserialize"):
        await near.deploy(contracts / "staking_pool.wasm", "pool", init="new", args={"owner": 5})
    assert not await near.exists(f"pool.{near.root.id}")


async def test_a_contract_whose_abi_cannot_be_read_is_known_by_its_exports(
    near: Near, alice: Account, caplog: pytest.LogCaptureFixture
) -> None:
    hello = "__contract_abi"  # a module whose one export returns nothing
    exports = bytes([1, len(hello)]) + hello.encode() + bytes([0, 0])
    code = b"\0asm\1\0\0\0" + b"\x01\x04\x01\x60\0\0" + b"\x03\x02\x01\0" + b"\x07" + bytes([len(exports)]) + exports
    contract = await near.deploy(code + b"\x0a\x04\x01\x02\0\x0b")
    assert not contract.interface.has_abi
    assert "its methods are known by name only" in caplog.text
    expect(await alice.call(contract, "__contract_abi")).succeeded()


async def test_transactions_are_logged(alice: Account, bob: Account, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="near_harness")
    await alice.transfer(bob, NEAR(1))
    assert f"{alice.id} -> {bob.id}: <Outcome " in caplog.text


async def test_a_key_for_one_contract_can_do_nothing_else(near: Near, alice: Account, bank: Contract, bob: Account) -> None:
    key = KeyPair.from_seed("limited")
    await alice.send(alice, [transactions.add_function_call_key(key.public_key, bank, ["withdraw"], allowance=NEAR(1))])
    limited = near.account(alice.id, key)
    with pytest.raises(ContractPanic, match="has no credit"):
        await limited.call(bank, "withdraw")
    with pytest.raises(InvalidAccessKey, match="RequiresFullAccess"):
        await limited.transfer(bob, yocto(1))
    with pytest.raises(InvalidAccessKey, match="MethodNameMismatch"):
        await limited.call(bank, "credit_of", {"account": bob})
    await alice.send(alice, [transactions.delete_key(key.public_key)])
    with pytest.raises(AccessKeyNotFound):
        await limited.call(bank, "withdraw")
