"""What every exploration holds against the orders without being told: gas of callbacks, and tokens that add up."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import NEAR, Account, Contract, Near, TGas
from near_harness.explore.moves import Position
from near_harness.explore.oracles import Tokens
from near_harness.explore.scene import base_world


@pytest.fixture
async def demo(near: Near, contracts: Path) -> Contract:
    """Passes deposits on to a callee that refuses them."""
    return await near.deploy(contracts / "deposit_demo.wasm", "demo")


async def test_a_callback_that_runs_out_of_gas(near: Near, demo: Contract, alice: Account) -> None:
    call = demo.gives_back_with_too_little_gas(callee=demo, callback_gas=TGas("0.5")).by(alice).attach(NEAR(1))
    report = await near.explore([call])
    (finding,) = report.findings
    assert (finding.oracle, finding.text) == ("callback gas", "the callback on demo.sandbox ran out of gas")


async def test_a_call_that_runs_out_of_gas_tells_whoever_sent_it(near: Near, demo: Contract, alice: Account) -> None:
    (await near.explore([demo.accept().by(alice).attach(NEAR(1)).gas("0.1 Tgas")])).assert_safe()


async def test_balances_that_do_not_add_up_from_the_beginning_are_no_tokens(near: Near, alice: Account) -> None:
    points = await near.puppet("points")
    points.on("ft_total_supply").returns("1000")
    points.on("ft_balance_of").returns("1")
    points.on("ask").returns("yes")
    report = await near.explore([alice.call(points, "ask")])
    report.assert_safe()
    assert "token" not in str(report)


@pytest.mark.parametrize("balance", ["999", "1000", "1001"])
async def test_tokens_that_are_lost_and_tokens_that_are_made(near: Near, alice: Account, balance: str) -> None:
    points = await near.puppet("points")
    points.on("ft_total_supply").returns("1000")
    points.on("ft_balance_of").returns(balance)
    await points.update()
    said = Tokens({points.id: 1000}, [alice.id]).at_rest(Position(base_world(near, time_outs=False), ()), [])
    wrong = f"the balances of token points.sandbox add up to {balance}, its supply is 1000"
    assert said == (None if balance == "1000" else wrong)


async def _points(near: Near, *, supply: str | None, balances: dict[str, str]) -> tuple[str, Position]:
    """A token that tells what some have of it and panics for all others, and the chain with it."""
    points = await near.puppet()
    total = points.on("ft_total_supply")
    total.panics("paused") if supply is None else total.returns(supply)
    points.on("ft_balance_of").panics("not registered")
    for holder, balance in balances.items():
        points.on("ft_balance_of", containing=f'"{holder}"').returns(balance)
    await points.update()
    return points.id, Position(base_world(near, time_outs=False), ())


async def test_a_token_that_does_not_tell_all_balances_is_none(near: Near, alice: Account, bob: Account) -> None:
    token, position = await _points(near, supply="1000", balances={alice.id: "900", bob.id: "100"})
    assert not Tokens.among(position.world, [token]), "those of others are not known, such as the root account's"
    known = [account.id for account in (alice, bob)]
    assert Tokens({token: 1000}, known).at_rest(position, []) is None


async def test_whoever_leaves_a_token_takes_nothing_of_it_away(near: Near, alice: Account, bob: Account) -> None:
    for supply, right in (("900", True), ("1000", False)):
        token, position = await _points(near, supply=supply, balances={alice.id: "900"})
        wrong = f"the balances of token {token} add up to 900, its supply is 1000"
        assert Tokens({token: 1000}, [alice.id, bob.id]).at_rest(position, []) == (None if right else wrong)


async def test_a_supply_that_is_told_no_more(near: Near, alice: Account) -> None:
    token, position = await _points(near, supply=None, balances={alice.id: "1000"})
    wrong = f"the balances of token {token} add up to 1000, its supply cannot be read any more"
    assert Tokens({token: 1000}, [alice.id]).at_rest(position, []) == wrong
    token, position = await _points(near, supply=None, balances={})
    assert Tokens({token: 1000}, [alice.id]).at_rest(position, []) is None, "the token has gone, or stands still"
