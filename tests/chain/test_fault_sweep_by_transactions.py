"""A sweep where the state cannot be patched: contracts are replaced by transactions in their own names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from near_harness import NEAR, Account, Contract, Near, TGas
from near_harness.actions import delete_key
from near_harness.puppets.faults import ACCOUNT_MISSING, CODE_MISSING, METHOD_MISSING, NO_RESULT, OUT_OF_GAS, PANIC
from near_harness.sweep.report import Reach


@pytest.fixture
def unpatchable(near: Near, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near.node, "capabilities", replace(near.node.capabilities, patch_state=False))


@pytest.mark.usefixtures("unpatchable")
async def test_all_but_missing_code_goes_wrong(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    async def act() -> None:
        await bank.deposit_and_stake_wrong(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150))

    async def no_credit_without_a_stake() -> bool:
        return await bank.credit_of(alice).amount() <= await pool.get_total_staked_balance().amount()

    faults = [PANIC, OUT_OF_GAS, METHOD_MISSING, CODE_MISSING, ACCOUNT_MISSING]
    report = await near.fault_sweep(act, faults=faults, invariant=no_credit_without_a_stake)

    assert [run.fault for run in report.findings] == [PANIC, OUT_OF_GAS, METHOD_MISSING]
    _, *_, code, account = report.runs
    assert (code.reach, code.note) == (Reach.IMPOSSIBLE, "patch_state: the embedded node cannot do that")
    assert (account.reach, account.ended) == (Reach.HAPPENED, "succeeded")
    assert account.note.startswith("the invariant was not checked: ")


@pytest.mark.usefixtures("unpatchable")
async def test_an_account_whose_key_is_another_is_left_alone(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    await pool.account.send(pool, [delete_key(pool.key.public_key)])

    async def act() -> None:
        await bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150))

    report = await near.fault_sweep(act, faults=[NO_RESULT, ACCOUNT_MISSING])
    assert [run.reach for run in report.runs[1:]] == [Reach.IMPOSSIBLE, Reach.IMPOSSIBLE]
    assert "pool.sandbox cannot be given another contract: AccessKeyNotFound" in report.runs[1].note
    assert "pool.sandbox cannot be deleted: AccessKeyNotFound" in report.runs[2].note
