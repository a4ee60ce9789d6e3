"""The façade without ``await``: in a script, on a thread, and where a loop runs already."""

from __future__ import annotations

from pathlib import Path

import pytest

import near_harness.sync
from near_harness import NEAR, Account, Contract, Near, Outcome, TransactionFailed
from near_harness.errors import UnknownMethod


def test_a_script(contracts: Path) -> None:
    with near_harness.sync.start(node="embedded") as near:
        assert repr(near).startswith("<Near embedded node, protocol ")
        alice = near.create_account("alice")
        bank, pool = (near.deploy(contracts / f"{name}.wasm", name) for name in ("bank", "staking_pool"))
        call = bank.deposit_and_stake(pool=pool).by(alice).attach("10 NEAR").gas("150 Tgas")
        assert "not sent yet" in repr(call)
        assert isinstance(call.send(), Outcome)
        assert int(bank.credit_of(alice)) == NEAR(10)
        assert call.attempt().failure is None
        with pytest.raises(TransactionFailed):
            alice.transfer(near.root, NEAR(1000))
        with pytest.raises(UnknownMethod, match="did you mean credit_of"):
            bank.credit_off(alice)
        assert "credit_of" in dir(bank)
        with near.anchor():
            near.create_account("dora")
            assert near.exists("dora.sandbox")
        assert not near.exists("dora.sandbox")


def test_steps(near: Near, contracts: Path) -> None:
    with near_harness.sync.of(near) as facade:
        alice = facade.create_account("zoe")
        counter = facade.deploy(contracts / "callback_results.wasm", "counter")
        with facade.paused() as chain:
            sent = chain.send(counter.count().by(alice))
            assert len(chain.pending().transactions) == 1
            chain.step()
        assert sent.send().failure is None
        assert counter.counter() == 1


async def test_where_a_loop_runs(near: Near, alice: Account, bank: Contract) -> None:
    facade = near_harness.sync.of(near)
    assert facade.balance(alice) == await near.balance(alice)
    assert facade.view_of(bank).credit_of(alice) == await bank.credit_of(alice)
    facade.stop()
    facade.stop()
