"""A program that never reached the chain fails the test that programmed it; programs and records go with the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plugin.conftest import Run

_BEGIN = """
import pytest

@pytest.fixture
async def pool(near):
    return await near.puppet("pool")
"""


def test_what_was_programmed_and_never_sent_fails_the_test(run: Run) -> None:
    result = run(
        f"""{_BEGIN}
async def test_it(pool, alice):
    pool.on("stake", by=alice).panics("paused")
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "programmed, but never sent to the chain:",
            "*pool.sandbox.on('stake', by='alice.sandbox')",
            "It is sent before the next transaction, step or view of the same façade; or at once: await puppet.update()",
        ]
    )


def test_what_a_rollback_forgets_was_never_sent_either(run: Run) -> None:
    result = run(
        f"""{_BEGIN}
async def test_it(near, pool):
    with near.anchor():
        pool.on("stake").panics("paused")
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*pool.sandbox.on('stake')"])


def test_what_was_programmed_before_a_rollback_is_still_to_be_sent(run: Run) -> None:
    run(
        f"""{_BEGIN}
async def test_it(near, pool, alice, bob):
    pool.on("stake").panics("paused")
    with near.anchor():
        pass
    await alice.transfer(bob, "1 NEAR")
"""
    ).assert_outcomes(passed=1)


def test_what_sends_it(run: Run) -> None:
    run(
        f"""{_BEGIN}
async def test_a_transaction(near, pool, alice, bob):
    pool.on("stake").panics("paused")
    await alice.transfer(bob, "1 NEAR")

async def test_a_view(near, pool):
    pool.on("get").returns(1)
    assert await pool.view("get") == 1

async def test_a_step(near, pool):
    async with near.paused() as chain:
        pool.on("get").returns(1)
        await chain.step()
    assert await pool.view("get") == 1

async def test_itself(pool):
    pool.on("get").returns(1)
    await pool.update()
"""
    ).assert_outcomes(passed=4)


def test_a_test_that_failed_shows_its_own_error(run: Run) -> None:
    result = run(
        f"""{_BEGIN}
async def test_it(pool):
    pool.on("stake").panics("paused")
    assert 1 == 2
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2*"])
    result.stdout.no_fnmatch_line("*never sent*")


def test_a_puppet_of_a_module_is_the_same_for_each_of_its_tests(run: Run) -> None:
    run(
        """
import pytest

@pytest.fixture(scope="module")
async def pool(near):
    puppet = await near.puppet("pool", methods=["get"])
    puppet.on("get").returns("as at first")
    return puppet

async def test_one(pool, alice):
    assert (await pool.get().by(alice)).json() == "as at first"
    pool.on("get").returns("changed")
    pool.on("more").returns("more")
    assert (await pool.get().by(alice)).json() == "changed"
    assert len(pool.calls) == 2

async def test_two(pool, alice):
    assert pool.calls == ()
    assert (await pool.get().by(alice)).json() == "as at first"
    assert not hasattr(pool, "more")

def test_nothing_of_it_is_sent_here(pool):
    assert pool.unsent == ()
""",
        ini="asyncio_mode = auto\nasyncio_default_test_loop_scope = module",
    ).assert_outcomes(passed=3)
