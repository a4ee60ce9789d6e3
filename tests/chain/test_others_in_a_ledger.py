"""What others moved in the blocks of a transaction is told apart from what its own receipts do not explain."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from near_harness import NEAR, Account, Amount, Contract, Near, TGas, expect, transactions
from near_harness.errors import RpcError
from near_harness.expectations import ExpectationFailed
from near_harness.ledger import Ledger
from near_harness.ledger.accounts import Holding
from near_harness.outcome import Outcome
from near_harness.report.notebook import ledger_html
from near_harness.rpc.jsonrpc import Questions
from near_harness.units import yocto


async def _crossing(near: Near, alice: Account, bob: Account) -> tuple[Outcome, Outcome, Outcome]:
    """Three transactions of the same blocks: alice pays bob, bob pays alice, alice pays bob once more."""
    async with near.paused() as chain:
        sent = [
            await chain.submit(payer, payee, [transactions.transfer(amount)])
            for payer, payee, amount in ((alice, bob, "1 NEAR"), (bob, alice, "5 NEAR"), (alice, bob, "0.25 NEAR"))
        ]
    first, second, third = [await one for one in sent]
    return first, second, third


async def test_it_is_known_to_the_last_unit(near: Near, alice: Account, bob: Account) -> None:
    paid, back, more = await _crossing(near, alice, bob)
    ledger = paid.ledger
    assert ledger is not None
    rows = ledger.rows
    assert {row.unexplained for row in rows.values()} == {0}
    assert rows[alice.id].others == NEAR(5) - NEAR("0.25") - more.tokens_burnt
    assert rows[bob.id].others == NEAR("0.25") - NEAR(5) - back.tokens_burnt
    assert f"transaction {more.hash}" in rows[alice.id].by_others
    assert f"receipt {back.receipts[0].id}" in rows[alice.id].by_others
    assert f"transaction {paid.hash}" not in rows[alice.id].by_others
    lines = str(ledger).splitlines()
    assert lines[0].split()[-2:] == ["others", "storage"]
    assert any(line.startswith(f"others: {bob.id} ~-4.75") and f"transaction {back.hash}" in line for line in lines), lines
    assert f"<p>others: {bob.id} ~-4.75" in ledger_html(ledger)


async def test_nobody_is_named_where_the_receipts_explain_it(alice: Account, bob: Account) -> None:
    tx = await alice.transfer(bob, NEAR(1))
    assert tx.ledger is not None
    assert [(row.others, row.by_others) for row in tx.ledger.rows.values()] == [(0, ()), (0, ())]
    assert "others" not in str(tx.ledger)


async def test_money_is_conserved_whatever_others_move(near: Near, alice: Account, bob: Account) -> None:
    for tx in await _crossing(near, alice, bob):
        expect(tx).conserved_tokens()


@pytest.mark.parametrize(("lost", "said"), [(yocto(1), "1 yoctoNEAR came from nowhere"), (-NEAR(2), "-2 NEAR went nowhere")])
async def test_others_hide_no_loss(near: Near, alice: Account, bob: Account, lost: Amount, said: str) -> None:
    paid, _, _ = await _crossing(near, alice, bob)
    paid.receipts[0].tokens_burnt += lost
    with pytest.raises(ExpectationFailed, match=f"accounted for, but {said}\n.*others.*unexplained"):
        expect(paid).conserved_tokens()


async def test_a_deposit_that_nobody_got_is_found_out_among_others(
    near: Near, bank: Contract, alice: Account, bob: Account
) -> None:
    async with near.paused() as chain:
        sent = await chain.send(bank.deposit_and_stake("nobody.sandbox").by(alice).attach(NEAR(3)).gas(TGas(150)))
        await chain.step()
        await chain.submit(bob, bank.id, [transactions.transfer(NEAR(5))])
    tx = await sent
    expect(tx).contains(receiver="nobody.sandbox", status="failed").conserved_tokens()
    assert tx.ledger is not None
    row = tx.ledger.rows[bank.id]
    assert row.others == NEAR(5)
    assert row.after is not None
    tx.ledger.rows[bank.id] = replace(row, after=Holding(row.after.balance - NEAR(3), row.after.storage))
    with pytest.raises(ExpectationFailed, match="-3 NEAR went nowhere"):
        expect(tx).conserved_tokens()


async def test_crossing_transactions_that_are_gathered_conserve_money(alice: Account, bob: Account, carol: Account) -> None:
    for tx in await asyncio.gather(alice.transfer(carol, NEAR(1)), bob.transfer(carol, NEAR(2))):
        expect(tx).conserved_tokens()


async def test_a_puppets_answer_of_later_conserves_money(near: Near, bank: Contract, alice: Account, bob: Account) -> None:
    puppet = await near.puppet("puppet")
    puppet.on("deposit_and_stake").waits()
    sent = await bank.deposit_and_stake(puppet).by(alice).attach(NEAR(1)).gas(TGas(150)).start()
    await bob.transfer(puppet, NEAR(2))
    await puppet.resume("deposit_and_stake", None)
    tx = await sent
    assert tx.ledger is not None
    assert tx.ledger.rows[puppet.id].others > NEAR("1.9")
    expect(tx).conserved_tokens()


class _Silent(Questions):
    """A node that does not tell of changes."""

    def __init__(self, node: Questions) -> None:
        self._node = node

    def call(self, method: str, params: Any) -> Any:
        if method == "EXPERIMENTAL_changes":
            raise RpcError(method, "METHOD_NOT_FOUND", {}, "the provider has switched it off")
        return self._node.call(method, params)


async def test_a_node_that_does_not_tell(near: Near, alice: Account, bob: Account) -> None:
    paid, _, more = await _crossing(near, alice, bob)
    ledger = Ledger(paid, _Silent(near.node.rpc))
    assert ledger.rows[alice.id].unexplained == NEAR(5) - NEAR("0.25") - more.tokens_burnt
    assert "unexplained" in str(ledger).splitlines()[0]
    assert str(ledger).splitlines()[-1].startswith("what others moved in these blocks is not known: ")
    paid.ledger = ledger
    with pytest.raises(ExpectationFailed, match=r"went nowhere\n(.*\n)+what others moved in these blocks is not known: "):
        expect(paid).conserved_tokens()
