"""The ledger of a transaction explains every account's change of balance, and says so when something does not come back."""

from __future__ import annotations

import dataclasses
import json

import pytest
from properties import probe

from near_harness import NEAR, Account, Amount, Contract, Near, TGas, expect, transactions
from near_harness.expectations import ExpectationFailed
from near_harness.ledger import Cause, Ledger
from near_harness.outcome import Outcome, Refund
from near_harness.puppets.faults import calls_back_in, fault_code
from near_harness.render.captions import caption


def ledger(tx: Outcome) -> Ledger:
    assert tx.ledger is not None
    return tx.ledger


@pytest.fixture
async def demo(near: Near, contracts: object) -> Contract:
    """Passes deposits on to a callee that refuses them."""
    return await near.deploy(f"{contracts}/deposit_demo.wasm", "demo")


def _explained(tx: Outcome) -> None:
    unexplained = {account: row.unexplained for account, row in ledger(tx).rows.items() if row.unexplained != 0}
    assert unexplained == {}, str(tx.ledger)
    expect(tx).conserved_tokens()


async def test_every_change_follows_from_the_receipts(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    _explained(await alice.transfer(bank, NEAR(3)))
    _explained(await bank.deposit_and_stake(pool).by(alice).attach(NEAR(10)).gas(TGas(150)))
    _explained(await bank.withdraw(amount=NEAR(50)).by(alice).attempt())
    await pool.set_paused(paused=True).by(pool.account)
    _explained(await bank.deposit_and_stake(pool).by(alice).attach(NEAR(10)).gas(TGas(150)).attempt())
    _explained(await bank.deposit_and_stake("nobody.sandbox").by(alice).attach(NEAR(10)).gas(TGas(150)).attempt())
    new = f"new.{alice.id}"
    _explained(await alice.send(new, [transactions.create_account(), transactions.transfer(NEAR(1))]))
    _explained(await alice.send(bank, [transactions.transfer(NEAR(1)), transactions.transfer(NEAR(2))]))
    _explained(await alice.send(alice, [transactions.delete_account(bank.id)]))
    assert not await near.exists(alice)


async def test_the_ledger_prints_as_a_table(bank: Contract, pool: Contract, alice: Account) -> None:
    await pool.set_paused(paused=True).by(pool.account)
    tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(10)).gas(TGas(150)).attempt()
    lines = str(ledger(tx)).splitlines()
    assert lines[0].split() == [
        "account",
        "before",
        "paid",
        "received",
        "refunded",
        "reward",
        "gas",
        "after",
        "change",
        "storage",
    ]
    by_name = {line.split()[0]: line.replace(" NEAR", "").split() for line in lines[1:]}
    assert by_name[bank.id][2:5] == ["-20", "+10", "+10"]  # to the pool and to alice; from alice; by the protocol
    assert by_name[alice.id][2:4] == ["-10", "+10"]
    assert by_name[alice.id][-1].startswith(("~-0.00", "-0.00"))
    assert lines[-1].startswith("all together")
    assert "unexplained" not in lines[0]


async def test_movements_say_who_paid_whom_and_why(bank: Contract, pool: Contract, alice: Account) -> None:
    await pool.set_paused(paused=True).by(pool.account)
    tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(10)).gas(TGas(150)).attempt()
    money = [(m.cause, m.payer, m.payee) for m in ledger(tx).movements if m.cause not in (Cause.GAS, Cause.REWARD)]
    assert money == [
        (Cause.DEPOSIT, alice.id, bank.id),
        (Cause.DEPOSIT, bank.id, None),  # refused
        (Cause.REFUND, None, bank.id),
        (Cause.TRANSFER, bank.id, alice.id),
    ]


async def test_everything_but_gas_came_back(demo: Contract, alice: Account, bob: Account) -> None:
    tx = await demo.gives_back(callee=demo).by(alice).attach(NEAR(3)).attempt()
    expect(tx).returned_everything_but_gas(to=alice).returned_everything_but_gas(to=demo)
    with pytest.raises(ExpectationFailed, match=r"bob\.\S+ took no part in the transaction; these did: alice\."):
        expect(tx).returned_everything_but_gas(to=bob)


async def test_what_did_not_come_back_is_named_with_the_ledger(demo: Contract, alice: Account) -> None:
    tx = await demo.forgets(callee=demo).by(alice).attach(NEAR(3)).attempt()
    expect(tx).lost(NEAR(3), by=alice).gained(NEAR(3), by=demo)
    with pytest.raises(ExpectationFailed) as failed:
        expect(tx).returned_everything_but_gas(to=alice)
    lines = str(failed.value).splitlines()
    assert lines[0] == f"expected {alice.id} to get back everything but gas; what is left over: -3 NEAR"
    assert lines[1].startswith("account")
    with pytest.raises(ExpectationFailed, match=rf"expected a net change of -2 NEAR for {alice.id}, but it is -3 NEAR"):
        expect(tx).lost(NEAR(2), by=alice)


async def test_more_than_was_given_is_not_everything_back(bank: Contract, pool: Contract, alice: Account) -> None:
    await bank.deposit_and_stake(pool).by(alice).attach(NEAR(2)).gas(TGas(150))
    tx = await bank.withdraw(amount=NEAR(1)).by(alice)
    with pytest.raises(ExpectationFailed, match=r"what is left over: \+1 NEAR"):
        expect(tx).returned_everything_but_gas(to=alice)


async def test_money_from_elsewhere_shows_as_unexplained(demo: Contract, alice: Account) -> None:
    tx = await demo.accept().by(alice).attach(NEAR(1))
    tx.receipts[0].actions = ()
    assert ledger(tx).rows[demo.id].unexplained == NEAR(1)
    assert ledger(tx).rows[alice.id].unexplained == -NEAR(1)
    assert "unexplained" in str(ledger(tx)).splitlines()[0]


async def test_storage_is_counted_and_what_it_locks(bank: Contract, pool: Contract, alice: Account) -> None:
    tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150))
    row = ledger(tx).rows[bank.id]
    assert row.storage_change > 0
    assert row.storage_locked == Amount(10**19) * row.storage_change
    assert f"+{row.storage_change} B" in str(ledger(tx))


async def test_storage_that_is_given_up_frees_what_it_locked(alice: Account, bob: Account) -> None:
    await alice.send(alice, [transactions.add_full_access_key(bob.key.public_key)])
    tx = await alice.send(alice, [transactions.delete_key(bob.key.public_key)])
    row = ledger(tx).rows[alice.id]
    assert (row.storage_change, row.storage_locked) == (-82, -82 * Amount(10**19))


# What the probe contract can be told to do


async def test_tokens_join_the_ledger_by_their_events(probed: Contract, alice: Account) -> None:
    def event(name: str, standard: str = "nep141", **data: str) -> bytes:
        body = json.dumps({"standard": standard, "version": "1.0.0", "event": name, "data": [data]})
        return probe.step("log_utf8", probe.content(f"EVENT_JSON:{body}".encode()))

    gives = event("ft_transfer", old_owner_id=alice.id, new_owner_id="bob.near", amount="700")
    tx = await probe.run(
        probed, event("ft_mint", owner_id=alice.id, amount="1000"), gives, event("ft_burn", owner_id="x.near", amount="5")
    )
    assert ledger(tx).tokens == {probed.id: {alice.id: 300, "bob.near": 700, "x.near": -5}}
    others = [
        event("ft_mint", standard="nep999", owner_id=alice.id, amount="1"),
        *(event("ft_mint", owner_id=alice.id, amount=amount) for amount in ("-1", "1.5", "²", "٣", "")),
    ]
    assert ledger(await probe.run(probed, *others)).tokens == {}, "no events of the standard"
    assert f"token {probed.id}: {alice.id} +300, bob.near +700, x.near -5" in str(ledger(tx))

    tx = await probed.call("run", gives).by(alice)
    with pytest.raises(ExpectationFailed, match=rf"what is left over: -700 of {probed.id}"):
        expect(tx).returned_everything_but_gas(to=alice)
    tx = await probed.call("run", gives + probe.step("trap")).by(alice).attempt()
    assert ledger(tx).tokens == {}  # rolled back, though the log has stayed


async def test_a_deposit_goes_back_to_where_the_contract_wants_it(probed: Contract, bob: Account) -> None:
    steps = [
        probe.step("promise_batch_create", probe.content(b"nobody.sandbox")),
        probe.step("promise_set_refund_to", probe.result_of(0), probe.content(bob.id.encode())),
        probe.step("promise_batch_action_transfer", probe.result_of(0), probe.amount(int(NEAR(2)))),
    ]
    tx = await probe.run(probed, *steps).attempt()
    expect(tx).refunded(NEAR(2), to=bob).contains(refund_to=bob, status="failed").gained(NEAR(2), by=bob)
    _explained(tx)


async def test_a_refund_that_finds_nobody_is_lost(probed: Contract, alice: Account) -> None:
    steps = [
        probe.step("promise_batch_create", probe.content(b"nobody.sandbox")),
        probe.step("promise_batch_action_transfer", probe.result_of(0), probe.amount(int(NEAR(2)))),
        probe.step("promise_batch_create", probe.content(probed.id.encode())),
        probe.step("promise_batch_action_delete_account", probe.result_of(2), probe.content(alice.id.encode())),
    ]
    tx = await probed.call("run", b"".join(steps)).by(alice).attempt()
    expect(tx).contains(refund="deposit", receiver=probed, status="failed").contains(refund="deletion", receiver=alice)
    assert tx.refunds_lost >= NEAR(2)
    assert [m.payee for m in ledger(tx).movements if m.cause is Cause.REFUND] == [None]
    _explained(tx)


async def test_a_call_with_one_yocto_of_a_contract_that_has_none(probed: Contract, bank: Contract) -> None:
    """The protocol gives the yoctoNEAR, so it is minted: only up to as many as there were such calls."""
    pays = probe.step(
        "promise_create", probe.content(bank.id.encode()), probe.content(b"deposit_and_stake"), probe.content(b"{}"),
        probe.amount(1), probe.number(10**13),
    )  # fmt: skip
    tx = await probe.run(probed, pays).attempt()
    found = ledger(tx)
    assert found.subsidies == {}
    row = found.rows[probed.id]
    assert row.after is not None
    minted = dataclasses.replace(row, after=dataclasses.replace(row.after, balance=row.after.balance + Amount(1)))
    found.rows[probed.id] = minted
    found.__dict__.pop("subsidies")
    found.__dict__.pop("changes", None)
    assert found.subsidies == {probed.id: Amount(1)}
    expect(tx).conserved_tokens()
    found.rows[probed.id] = dataclasses.replace(row, after=dataclasses.replace(row.after, balance=row.after.balance + Amount(2)))
    found.__dict__.pop("subsidies")
    found.__dict__.pop("changes", None)
    with pytest.raises(ExpectationFailed, match="2 yoctoNEAR came from nowhere"):
        expect(tx).conserved_tokens()


@pytest.mark.near_needs("patch_state", protocol=85)
async def test_the_protocol_gives_the_one_yocto_that_a_contract_lacks(near: Near, demo: Contract) -> None:
    """nearcore: one_yocto_on_promise. So little code that the account needs no balance, and it has none."""
    code = fault_code(calls_back_in("accept", deposit=Amount(1)), "go")
    poor = await near.deploy(code, "poor")
    await near.set_balance(poor, Amount(0))
    tx = await demo.account.call(poor, "go")  # it calls back the account that has called, which is the demo
    expect(tx).contains(receiver=demo, method="accept", deposit=Amount(1), status="succeeded").conserved_tokens()
    assert ledger(tx).subsidies == {poor.id: Amount(1)}
    assert ledger(tx).rows[demo.id].received == Amount(1)


async def test_a_global_contract_that_a_contract_deploys(probed: Contract) -> None:
    """Its price is burnt, as no account keeps it."""
    steps = [
        probe.step("promise_batch_create", probe.content(probed.id.encode())),
        probe.step("promise_batch_action_deploy_global_contract", probe.result_of(0), probe.content(b"\0asm\1\0\0\0")),
    ]
    tx = await probe.run(probed, *steps)
    _explained(tx)
    # Ten times what the storage of these eight bytes would lock (global_contract_storage_amount_per_byte).
    price = Amount(8 * 10**20)
    assert tx.receipts[1].tokens_burnt > price
    assert ledger(tx).rows[probed.id].gas == tx.tokens_burnt


async def test_what_a_deleted_account_had_is_paid_by_it(near: Near, probed: Contract, alice: Account, bob: Account) -> None:
    flash = await near.create_account("flash", NEAR(4))
    deletes = [
        probe.step("promise_batch_create", probe.content(probed.id.encode())),
        probe.step("promise_batch_action_delete_account", probe.result_of(0), probe.content(alice.id.encode())),
    ]
    by_itself = await flash.send(flash, [transactions.delete_account(bob.id)])
    by_contract = await probed.call("run", b"".join(deletes)).by(bob)
    for tx, deleted, beneficiary in ((by_itself, flash, bob), (by_contract, probed, alice)):
        (left,) = (receipt for receipt in tx.receipts if receipt.refund is Refund.DELETION)
        expect(tx).paid(left.deposit, by=deleted, to=beneficiary).gained(left.deposit, by=beneficiary).conserved_tokens()
        assert left.payer == deleted.id
        movement = next(m for m in ledger(tx).movements if m.cause is Cause.DELETION)
        assert (movement.payer, movement.payee, movement.amount) == (deleted.id, beneficiary.id, left.deposit)
        assert f"ok {left.deposit.short} to {beneficiary.id} (what the deleted account had)" in str(tx)
        assert caption(left) == f"the deleted account's {left.deposit.short}"
        with pytest.raises(
            ExpectationFailed, match=rf"is no refund: expect\(tx\).paid\(…, by='{deleted.id}', to='{beneficiary.id}'"
        ):
            expect(tx).refunded(left.deposit, to=beneficiary)
        with pytest.raises(ExpectationFailed, match=f"expected {beneficiary.id} to pay"):
            expect(tx).paid(left.deposit, by=beneficiary, to=deleted)


async def test_what_a_deleted_account_had_is_paid_to_nobody_where_nobody_is(near: Near) -> None:
    flash = await near.create_account("flash", NEAR(4))
    tx = await flash.send(flash, [transactions.delete_account("nobody.sandbox")], raising=False)
    left = next(receipt for receipt in tx.receipts if receipt.refund is Refund.DELETION)
    assert left.failed
    with pytest.raises(
        ExpectationFailed, match=r"no receipt does that successfully\n(.*\n)*.*==> .*\(what the deleted account had\)"
    ):
        expect(tx).paid(left.deposit, by=flash, to="nobody.sandbox")
