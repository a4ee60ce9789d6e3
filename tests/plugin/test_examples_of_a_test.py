"""A test that runs many times, under Hypothesis, reports the last of its examples: the smallest one that fails."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from plugin.conftest import Run

POOL = Path(__file__).parent.parent.parent / "contracts" / "compiled" / "staking_pool.wasm"
_TESTS = f"""
import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from hypothesis.stateful import rule
from near_harness import NEAR
from near_harness.stateful import ChainMachine

few = settings(max_examples=15, stateful_step_count=4, deadline=None, database=None, derandomize=True,
               phases=[Phase.generate, Phase.shrink], suppress_health_check=[HealthCheck.function_scoped_fixture])

@pytest.fixture
async def pool(near, alice):
    pool = await near.deploy({str(POOL)!r}, "pool")
    await pool.deposit_and_stake().by(alice).attach(NEAR(7))
    return pool

@few
@given(amount=st.integers(1, 50))
async def test_random(pool, alice, amount):
    await pool.deposit_and_stake().by(alice).attach(NEAR(amount))
    assert amount < 20

@few
@given(amount=st.integers(1, 40))
async def test_passes(pool, alice, amount):
    await pool.deposit_and_stake().by(alice).attach(NEAR(amount))

class Stakers(ChainMachine):
    @rule(amount=st.integers(1, 50))
    def stake(self, amount):
        self.pool.deposit_and_stake().by(self.alice).attach(NEAR(amount)).send()
        assert amount < 20

def test_machine(near, pool, alice):
    Stakers.run(near, settings=few, pool=pool, alice=alice)
"""
_OF_MONEY = """
from hypothesis import given, settings
from hypothesis.stateful import rule
from near_harness import NEAR, Amount, Gas, TGas
from near_harness.stateful import ChainMachine
from near_harness.strategies import amounts, gas
from hypothesis.strategies import sampled_from

exactly = settings(deadline=None, database=None, derandomize=True)

@exactly
@given(amount=amounts(least="3 NEAR"), attached=gas(least="5 Tgas"))
def test_given(amount, attached):
    raise AssertionError("its own failure")

@exactly
@given(kind=sampled_from((Amount, Gas)))
def test_kinds(kind):
    raise AssertionError("its own failure")

class Payers(ChainMachine):
    @rule(amount=amounts(least="3 NEAR"), attached=gas(least="5 Tgas"))
    def pay(self, amount, attached):
        raise AssertionError("its own failure")

def test_machine(near):
    Payers.run(near, settings=exactly)
"""


@pytest.mark.parametrize("name", ["test_random", "test_machine"])
def test_the_logs_are_those_of_the_smallest_example(run: Run, name: str) -> None:
    result = run(_TESTS, "-k", name)
    result.assert_outcomes(failed=1)
    logs = result.stdout.str().partition("near: logs of contracts")[2]
    assert re.findall(r"\.deposit_and_stake: .*?(\d+)0{24}", logs) == ["7", "20"]  # the fixture's and the example's


def test_the_page_has_the_smallest_example_of_what_fails_and_all_of_what_passes(run: Run, pytester: pytest.Pytester) -> None:
    run(_TESTS, "--near-report=out", "-k", "not machine").assert_outcomes(passed=1, failed=1)
    text = (pytester.path / "out" / "index.html").read_text()
    passes = text.index("::test_passes</code>")
    fails = text.index("::test_random</code>")
    of_failing = text[fails:passes] if fails < passes else text[fails:]
    of_passing = text[passes:] if fails < passes else text[passes:fails]
    assert of_failing.count("pool.sandbox.deposit_and_stake({}) by") == 2
    assert of_passing.count("pool.sandbox.deposit_and_stake({}) by") >= 15


@pytest.mark.parametrize("name", ["test_given", "test_machine"])
def test_an_example_of_money_and_gas_fails_with_its_own_failure(run: Run, name: str) -> None:
    result = run(_OF_MONEY, "-k", name)
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "AssertionError: its own failure" in text
    assert 'amount=NEAR("3")' in text
    assert 'attached=TGas("5")' in text
    assert "TypeError" not in text


def test_an_example_of_the_kinds_themselves(run: Run) -> None:
    text = run(_OF_MONEY, "-k", "test_kinds").stdout.str()
    assert "AssertionError: its own failure" in text
    assert "TypeError" not in text
