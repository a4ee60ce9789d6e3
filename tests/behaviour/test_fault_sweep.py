"""A scenario with each receipt going wrong in each way: the wrong contracts are found, the right ones hold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from near_harness import NEAR, Account, Amount, Contract, ContractPanic, Near, TGas
from near_harness.errors import BadInput, CapabilityMissing
from near_harness.expectations import ExpectationFailed
from near_harness.puppets.faults import (
    ACCOUNT_MISSING,
    FAULTS,
    METHOD_MISSING,
    NO_RESULT,
    OUT_OF_GAS,
    PANIC,
    WRONG_RESULT,
    calls_back_in,
    fault_code,
)
from near_harness.puppets.puppet import Puppet
from near_harness.sweep.report import Reach

_SLACK = NEAR("0.2")
"""More than any gas here costs."""


@dataclass
class World:
    """A user, a bank, a pool."""

    alice: Account
    bank: Contract
    pool: Contract
    before: Amount

    async def invariant(self) -> None:
        """What alice has less is what the bank owes her."""
        given = round((self.before - await self.alice.balance()) / NEAR(1))
        owed = round(await self.bank.credit_of(self.alice).amount() / NEAR(1))
        assert given == owed, f"alice gave {given} NEAR, and the bank owes her {owed} NEAR"


Arrange = Callable[[Near], Awaitable[World]]


@pytest.fixture
def arrange(contracts: Path) -> Arrange:
    """Makes the world of a run."""

    async def arrange(near: Near) -> World:
        pool = await near.deploy(contracts / "staking_pool.wasm", "pool")
        bank = await near.deploy(contracts / "bank.wasm", "bank")
        alice = await near.create_account("saver")
        return World(alice, bank, pool, await alice.balance())

    return arrange


async def test_the_right_bank_holds_whatever_the_pool_does(near: Near, arrange: Arrange) -> None:
    async def act(world: World) -> None:
        await world.bank.deposit_and_stake(pool=world.pool).by(world.alice).attach(NEAR(10)).gas(TGas(150))

    report = await near.fault_sweep(act, arrange=arrange, invariant=World.invariant)

    report.assert_safe()
    assert [run.fault for run in report.runs] == [None, *FAULTS, calls_back_in("withdraw")]
    assert {run.reach for run in report.runs} == {Reach.HAPPENED}
    assert report.summary == "9 faults at 1 receipt: no findings"


async def test_the_wrong_bank_is_found_by_every_fault_that_fails(near: Near, arrange: Arrange) -> None:
    async def act(world: World) -> None:
        await world.bank.deposit_and_stake_wrong(pool=world.pool).by(world.alice).attach(NEAR(10)).gas(TGas(150))

    report = await near.fault_sweep(act, arrange=arrange, invariant=World.invariant)

    assert [run.fault for run in report.findings] == [fault for fault in FAULTS if fault.fails]
    for run in report.findings:
        assert run.findings == ("the invariant does not hold: alice gave 0 NEAR, and the bank owes her 10 NEAR",)
    with pytest.raises(ExpectationFailed, match=r"first finding: pool\.deposit_and_stake  panic") as caught:
        report.assert_safe()
    assert "FAILED pool" in str(caught.value)
    assert "9 faults at 1 receipt: 5 findings" in str(caught.value)


async def test_every_call_of_a_method_has_its_turn(near: Near, arrange: Arrange) -> None:
    async def act(world: World) -> None:
        for amount in (10, 5):
            await world.bank.deposit_and_stake_wrong(pool=world.pool).by(world.alice).attach(NEAR(amount)).gas(TGas(150))

    report = await near.fault_sweep(act, arrange=arrange, invariant=World.invariant, faults=[PANIC, METHOD_MISSING])

    says = "the invariant does not hold: alice gave {} NEAR, and the bank owes her 15 NEAR"
    assert [(run.target and run.target.before, run.fault, run.findings) for run in report.runs[1:]] == [
        (0, PANIC, (says.format(0),)),
        (0, METHOD_MISSING, (says.format(0),)),
        (1, PANIC, (says.format(10),)),
    ]


async def test_money_that_stays_in_between_is_found_and_its_twin_holds(near: Near, contracts: Path) -> None:
    async def arrange(near: Near) -> tuple[Contract, Contract, Account, Amount]:
        caller = await near.deploy(contracts / "deposit_demo.wasm", "caller")
        callee = await near.deploy(contracts / "deposit_demo.wasm", "callee")
        return caller, callee, await near.create_account("giver"), await near.balance(caller)

    async def nothing_stays(world: tuple[Contract, Contract, Account, Amount]) -> bool:
        return await near.balance(world[0]) - world[3] < _SLACK

    async def forgets(world: tuple[Contract, Contract, Account, Amount]) -> None:
        await world[0].forgets(world[1], accepted=True).by(world[2]).attach(NEAR(3))

    async def gives_back(world: tuple[Contract, Contract, Account, Amount]) -> None:
        await world[0].gives_back(world[1], accepted=True).by(world[2]).attach(NEAR(3))

    report = await near.fault_sweep(forgets, arrange=arrange, invariant=nothing_stays)
    assert [run.fault for run in report.findings] == [fault for fault in FAULTS if fault.fails]
    assert {run.findings for run in report.findings} == {("the invariant does not hold: it is false",)}

    (await near.fault_sweep(gives_back, arrange=arrange, invariant=nothing_stays)).assert_safe()


async def test_a_callback_with_too_little_gas_is_found_without_an_invariant(near: Near, contracts: Path) -> None:
    async def arrange(near: Near) -> tuple[Contract, Contract, Account]:
        caller = await near.deploy(contracts / "deposit_demo.wasm", "caller")
        return caller, await near.deploy(contracts / "deposit_demo.wasm", "callee"), await near.create_account("giver")

    async def act(world: tuple[Contract, Contract, Account]) -> None:
        caller, callee, giver = world
        call = caller.gives_back_with_too_little_gas(callee, callback_gas=TGas("0.75"), accepted=True)
        await call.by(giver).attach(NEAR(3))

    report = await near.fault_sweep(act, arrange=arrange, faults=[PANIC, NO_RESULT])
    (run,) = report.findings
    assert run.fault == PANIC
    assert run.findings[0].endswith("give_back ran out of gas")


async def test_the_callers_own_methods_can_go_wrong_too(near: Near, arrange: Arrange) -> None:
    async def act(world: World) -> None:
        await world.bank.deposit_and_stake(pool=world.pool).by(world.alice).attach(NEAR(10)).gas(TGas(150))

    def at(world: World) -> list[Contract]:
        return [world.bank]

    report = await near.fault_sweep(act, arrange=arrange, at=at, faults=[PANIC, ACCOUNT_MISSING], invariant=World.invariant)
    assert [(run.target and run.target.method, run.fault, run.ended) for run in report.runs[1:]] == [
        ("deposit_and_stake", PANIC, "ContractPanic"),
        ("deposit_and_stake", ACCOUNT_MISSING, "AccountDoesNotExist"),
        ("on_staked", PANIC, "ContractPanic"),
    ]
    assert [bool(run.findings) for run in report.runs[1:]] == [False, False, True]  # nobody gives the money back
    assert "the invariant was not checked" in report.runs[2].note


async def test_what_cannot_go_wrong_is_said(near: Near) -> None:
    async def arrange(near: Near) -> tuple[Puppet, Contract, Account]:
        caller = await near.puppet("caller")
        silent = await near.deploy(fault_code(NO_RESULT, "ask"), "silent")
        caller.on("go").calls(silent, "ask")
        return caller, silent, await near.create_account("user")

    async def act(world: tuple[Puppet, Contract, Account]) -> None:
        await world[0].go().by(world[2])

    report = await near.fault_sweep(act, arrange=arrange, faults=[PANIC, OUT_OF_GAS])
    assert [run.reach for run in report.runs[1:]] == [Reach.IMPOSSIBLE, Reach.HAPPENED]
    assert report.runs[1].note == "ask: the contract does not import panic_utf8, which the new method calls"
    report.assert_safe()
    with pytest.raises(ExpectationFailed, match="nothing was tried, so nothing is known"):
        (await near.fault_sweep(act, arrange=arrange, faults=[PANIC])).assert_safe()


async def test_a_puppet_goes_wrong_like_any_contract(near: Near, arrange: Arrange) -> None:
    async def with_a_puppet(near: Near) -> World:
        world = await arrange(near)
        puppet = await near.puppet(world.pool)
        puppet.on("deposit_and_stake").returns(NEAR(10))
        return replace(world, pool=puppet)

    async def act(world: World) -> None:
        await world.bank.deposit_and_stake(pool=world.pool).by(world.alice).attach(NEAR(10)).gas(TGas(150))

    report = await near.fault_sweep(act, arrange=with_a_puppet, invariant=World.invariant)
    report.assert_safe()
    assert {run.reach for run in report.runs} == {Reach.HAPPENED}


async def test_a_scenario_must_have_something_that_can_go_wrong(near: Near) -> None:
    async def arrange(near: Near) -> tuple[Account, Account]:
        return await near.create_account("one"), await near.create_account("two")

    async def act(world: tuple[Account, Account]) -> None:
        await world[0].transfer(world[1], "1 NEAR")

    with pytest.raises(BadInput, match="no receipt that one contract sends to another"):
        await near.fault_sweep(act, arrange=arrange)
    report = await near.fault_sweep(act, arrange=arrange, at=lambda world: [world[1]])
    assert [(run.fault, run.ended) for run in report.runs[1:]] == [(ACCOUNT_MISSING, "AccountDoesNotExist")]


async def test_without_arranging_the_chain_goes_back(near: Near, arrange: Arrange) -> None:
    world = await arrange(near)

    async def act() -> None:
        await world.bank.deposit_and_stake(pool=world.pool).by(world.alice).attach(NEAR(10)).gas(TGas(150))

    if not near.node.capabilities.snapshot:
        with pytest.raises(CapabilityMissing, match="cannot go back, so say how each run begins: arrange="):
            await near.fault_sweep(act, faults=[PANIC])
        return
    (await near.fault_sweep(act, faults=[PANIC, WRONG_RESULT], invariant=world.invariant)).assert_safe()
    assert await world.alice.balance() == world.before


async def test_a_scenario_that_fails_plainly_is_an_error(near: Near, arrange: Arrange) -> None:
    async def act(world: World) -> None:
        await world.bank.withdraw().by(world.alice)

    with pytest.raises(ContractPanic, match="has no credit"):
        await near.fault_sweep(act, arrange=arrange)
