"""A call that is never awaited does nothing, and fails the test that relied on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from plugin.demo import CONTRACT, DEMO

if TYPE_CHECKING:
    from plugin.conftest import Run


def test_what_is_put_together_and_let_go_of_fails_the_test(run: Run) -> None:
    result = run(
        f"""{DEMO}
async def test_a_call(demo, alice):
    before = await alice.balance()
    demo.gives_back(callee=demo).by(alice).attach(NEAR(1)).gas(TGas(90))
    assert await alice.balance() == before

async def test_a_view(demo):
    demo.accepted()

async def test_a_batch_once_and_not_each_of_its_calls(demo, alice):
    alice.batch(demo, demo.refuse(), demo.refuse())
"""
    )
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "demo.sandbox.gives_back(*) by alice.sandbox with 1 NEAR, 90 Tgas was never awaited: nothing was sent",
            "write: await *; or call.taken(), where one is wanted for itself",
            "demo.sandbox.accepted(*) was never awaited: nothing was read",
            "refuse + refuse on demo.sandbox by alice.sandbox was never awaited: nothing was sent",
        ],
        consecutive=False,
    )
    assert result.stdout.str().count("was never awaited") == 3


def test_coroutines_of_the_harness_alike(run: Run) -> None:
    result = run(
        f"""{DEMO}
async def test_of_an_account(alice, bob):
    alice.transfer(bob, "1 NEAR")

async def test_of_the_node(near, bob):
    near.set_balance(bob, NEAR(3))

async def test_of_a_call(demo, alice):
    demo.refuse().by(alice).attempt()

async def test_of_a_view(demo):
    demo.accepted().amount()

async def test_of_a_contract_from_python(near, alice):
    pool = await near.puppet("pool", methods=["stake"])
    pool.update()

async def test_of_a_condition_that_always_holds(near):
    assert near.exists("nobody.sandbox")
"""
    )
    result.assert_outcomes(failed=6)
    result.stdout.fnmatch_lines(
        [
            "alice.sandbox.transfer(bob.sandbox, '1 NEAR') was never awaited: nothing was done",
            "write: await *",
            'near.set_balance(bob.sandbox, NEAR("3")) was never awaited: nothing was done',
            "demo.sandbox.refuse(*) by alice.sandbox, 100 Tgas, .attempt() was never awaited: nothing was sent",
            "demo.sandbox.accepted(*), .amount() was never awaited: nothing was read",
            "pool.sandbox.update() was never awaited: nothing was done",
            "near.exists('nobody.sandbox') was never awaited: nothing was done",
        ]
    )
    assert result.stdout.str().count("was never awaited") == 6


def test_what_is_no_such_call(run: Run) -> None:
    run(
        f"""{DEMO}
import asyncio

async def test_awaited_in_every_way(demo, alice):
    await refused(demo, alice).attempt()
    await refused(demo, alice).expect_failure("ContractPanic", at=demo)
    await demo.refuse().by(alice).expect_failure()
    await (await refused(demo, alice).start()).attempt()
    await asyncio.gather(refused(demo, alice).attempt(), refused(demo, alice).attempt())
    await alice.batch(demo, refused(demo, alice)).attempt()
    await asyncio.create_task(alice.transfer(demo, "1 NEAR"))
    await asyncio.wait_for(alice.transfer(demo, "1 NEAR"), 60)
    cancelled = asyncio.create_task(alice.transfer(demo, "1 NEAR"))
    assert "Account.transfer()" in repr(cancelled)
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    alice.transfer(demo, "1 NEAR").close()

async def test_on_a_chain_that_stands_still(near, demo, alice):
    async with near.paused() as chain:
        sent = await chain.send(refused(demo, alice))
    await sent.attempt()

async def test_handed_over(near, demo, alice, bob):
    await near.explore([refused(demo, alice), [refused(demo, bob)]])
    await near.gas.minimum(refused(demo, alice), until=lambda outcome: outcome.succeeded)
    with pytest.raises(BadInput, match="eventually"):
        await near.explore([refused(demo, alice)], eventually=refused(demo, bob))

async def test_refused_while_it_is_put_together(demo, alice):
    with pytest.raises(BadInput, match="takes an account with a key"):
        demo.refuse().by("alice")
    with pytest.raises(BadInput, match="unit"):
        demo.gives_back(callee=demo).attach(1)
    with pytest.raises(BadInput, match="neither true nor false"):
        assert demo.gives_back(callee=demo).by(alice).taken()

async def test_kept_on_purpose(demo, alice):
    assert "gives_back" in str(refused(demo, alice).taken())

@pytest.fixture(scope="module")
async def kept(demo_of_all, near):
    yield [demo_of_all.refuse(), demo_of_all.refuse()]

@pytest.fixture(scope="module")
async def demo_of_all(near):
    return await near.deploy({str(CONTRACT)!r}, "demo_of_all")

async def test_of_a_fixture_for_many_tests(kept):
    assert len(kept) == 2
"""
    ).assert_outcomes(passed=6)


def test_a_test_that_fails_says_why_and_nothing_of_what_it_never_came_to(run: Run) -> None:
    result = run(
        f"""{DEMO}
async def test_it(demo, alice):
    call = refused(demo, alice)
    assert False, "on its way"
    await call
"""
    )
    result.assert_outcomes(failed=1)
    assert "never awaited" not in result.stdout.str()


def test_what_fixtures_forget_counts_for_the_test(run: Run) -> None:
    result = run(
        f"""{DEMO}
@pytest.fixture
async def prepared(demo, alice):
    demo.refuse().by(alice)
    yield
    alice.batch(demo, demo.refuse())

async def test_it(prepared):
    pass
"""
    )
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["demo.sandbox.refuse(*) by alice.sandbox, 100 Tgas was never awaited*"])
    result.stdout.fnmatch_lines(["refuse on demo.sandbox by alice.sandbox was never awaited*"])


@pytest.mark.parametrize(("ini", "failed"), [("error", 1), ("warn", 1), ("ignore", 0)])
def test_how_strict_it_is(run: Run, ini: str, failed: int) -> None:
    result = run(
        f"""{DEMO}
async def test_forgets(demo, alice):
    demo.refuse().by(alice)

@pytest.mark.near_unawaited_calls("ignore")
async def test_may_forget(demo, alice):
    demo.refuse().by(alice)
""",
        ini=f"asyncio_mode = auto\nnear_unawaited_calls = {ini}",
    )
    result.assert_outcomes(passed=2 - failed, failed=failed)  # the run turns warnings into errors
    assert ("NeverAwaited: demo.sandbox.refuse" in result.stdout.str()) == (ini == "warn")
