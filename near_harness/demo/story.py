"""The story: a bank passes its users' deposits on to a staking pool, in the right order and in the wrong one.

Nothing is drawn here: :func:`play` gives one :class:`Scene` after the other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from near_harness.accounts import Account, Contract
from near_harness.demo.contracts import demo_contract
from near_harness.expectations import expect
from near_harness.near import Near
from near_harness.outcome import Outcome
from near_harness.units import NEAR, Amount, TGas

DEPOSIT = NEAR(10)
OTHERS = NEAR(50)


@dataclass(frozen=True)
class Scene:
    """One transaction of the story. ``rows`` are balances in yoctoNEAR: what, before, after."""

    title: str
    told: str
    outcome: Outcome
    rows: tuple[tuple[str, Amount, Amount], ...]
    verdict: str
    good: bool


@dataclass(frozen=True)
class Cast:
    """Who plays."""

    near: Near
    alice: Account
    bank: Contract
    pool: Contract

    async def count(self) -> dict[str, Amount]:
        """Count the money, and what the bank owes."""
        return {
            "alice holds": await self.near.balance(self.alice),
            "the bank holds": await self.near.balance(self.bank),
            "the pool holds": await self.near.balance(self.pool),
            "the bank owes alice": await self.bank.credit_of(self.alice).amount(),
            "the bank owes everybody": await self.bank.total_credit().amount(),
        }

    async def scene(self, title: str, told: str, act: Callable[[], Awaitable[Outcome]], verdict: str, *, good: bool) -> Scene:
        """Play one transaction, counting before and after it."""
        before = await self.count()
        outcome = await act()
        after = await self.count()
        rows = tuple((what, before[what], after[what]) for what in before)
        expect(outcome).conserved_tokens()
        return Scene(title, told, outcome, rows, verdict, good)


async def play(near: Near) -> AsyncIterator[Scene]:
    """Play the story on a fresh chain.

    :raises AssertionError: where the contracts do not behave as told.
    """
    pool = await near.deploy(demo_contract("staking_pool"), "pool")
    bank = await near.deploy(demo_contract("bank"), "bank", balance=NEAR(5))
    alice, bob = await near.create_account("alice"), await near.create_account("bob")
    await bank.deposit_and_stake(pool).by(bob).attach(OTHERS).gas(TGas(150))
    await bank.bring_back(pool, OTHERS).by(bank.account).gas(TGas(100))
    cast = Cast(near, alice, bank, pool)

    with near.anchor("the pool works"):
        yield await cast.scene(
            "The right contract, the pool works",
            "Alice sends 10 NEAR to the bank, the bank stakes them with the pool. She is credited in the callback, "
            "when the stake is known to have succeeded.",
            lambda: _stake(cast, "deposit_and_stake"),
            "The money is with the pool, and the bank owes it to alice.",
            good=True,
        )

    await pool.set_paused(paused=True).by(pool.account)

    with near.anchor("the right contract"):
        scene = await cast.scene(
            "The right contract, the pool fails",
            "The pool panics. The protocol returns the deposit to its predecessor: the bank, not alice. "
            "The callback hears of it and sends the money on to her.",
            lambda: _stake(cast, "deposit_and_stake"),
            "Alice has her money back, and the bank owes her nothing.",
            good=True,
        )
        _returned(cast, scene.outcome)
        yield scene

    scene = await cast.scene(
        "The wrong contract, the pool fails",
        "This version of the method credits alice before the stake has succeeded. The pool panics, the callback returns "
        "the money, and leaves the credit.",
        lambda: _stake(cast, "deposit_and_stake_wrong"),
        "Alice has her money back, and the bank still owes her 10 NEAR.",
        good=False,
    )
    _returned(cast, scene.outcome)
    yield scene

    scene = await cast.scene(
        "The double withdrawal",
        "Alice withdraws the credit that she should not have.",
        lambda: _withdraw(cast),
        "Alice got 10 NEAR that are bob's: the bank owes more than it holds.",
        good=False,
    )
    expect(scene.outcome).succeeded().paid(DEPOSIT, by=bank, to=alice)
    yield scene


async def _stake(cast: Cast, method: str) -> Outcome:
    return await cast.bank.call(method, pool=cast.pool).by(cast.alice).attach(DEPOSIT).gas(TGas(150))


async def _withdraw(cast: Cast) -> Outcome:
    return await cast.bank.call("withdraw").by(cast.alice)


def _returned(cast: Cast, outcome: Outcome) -> None:
    expect(outcome.receipt(cast.pool)).panicked("pool is paused").refunded(DEPOSIT, to=cast.bank)
    expect(outcome).paid(DEPOSIT, by=cast.bank, to=cast.alice)
