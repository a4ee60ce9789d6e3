"""What a test, or an example of one, was on its way to await when an exception ended it is missed by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugin.demo import DEMO

if TYPE_CHECKING:
    from plugin.conftest import Run


def test_those_of_a_test_that_failed_are_nobody_elses(run: Run) -> None:
    result = run(
        f"""{DEMO}
import gc, sys

async def test_it(alice, bob):
    transfer = alice.transfer(bob, NEAR(1))
    assert False
    await transfer

async def test_the_next(alice):
    sys.last_value = sys.last_traceback = sys.last_exc = None  # as after the next failure
    gc.collect()
""",
    )
    result.assert_outcomes(passed=1, failed=1)


def test_an_example_that_is_given_up_was_on_its_way(run: Run) -> None:
    result = run(
        f"""{DEMO}
import gc
from hypothesis import HealthCheck, assume, given, settings, strategies as st
from hypothesis.stateful import rule
from near_harness.stateful import ChainMachine

few = settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))

@few
@given(number=st.integers(0, 9))
async def test_assumes(demo, alice, number):
    gc.collect()  # of the examples that were given up before, all but the last are let go of
    call = demo.refuse().by(alice)
    assume(number % 3 == 0)
    await call.attempt()

@few
@given(number=st.integers(0, 3))
async def test_forgets(demo, alice, number):
    call = demo.gives_back(callee=demo).by(alice)
    if number:
        await call.attempt()

class Machine(ChainMachine):
    @rule(number=st.integers(0, 3))
    def accepts(self, number):
        call = self.demo.accept().by(self.alice)
        assume(number)
        if number > self.least:
            call.send()

def test_a_machine(near, demo, alice):
    Machine.run(near, demo=demo, alice=alice, least=0, settings=few)

def test_a_machine_that_forgets(near, demo, alice):
    Machine.run(near, demo=demo, alice=alice, least=1, settings=few)
"""
    )
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["demo.sandbox.gives_back(*) by alice.sandbox, 100 Tgas was never awaited*"])
    result.stdout.fnmatch_lines(["demo.sandbox.accept(*) by alice.sandbox, 100 Tgas was never awaited*"])
    assert "demo.sandbox.refuse" not in result.stdout.str()


def test_a_failure_that_never_came(run: Run) -> None:
    result = run(
        f"""{DEMO}
async def test_it(demo, alice):
    with pytest.raises(ContractPanic):
        demo.refuse().by(alice)
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*DID NOT RAISE*", "*near: never awaited*", "demo.sandbox.refuse(*) by alice.sandbox, 100 Tgas was never awaited*"]
    )
