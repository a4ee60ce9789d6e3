"""A receipt that failed inside a transaction that succeeded fails the test, unless the test has taken it on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from plugin.demo import DEMO

if TYPE_CHECKING:
    from plugin.conftest import Run


def test_a_failure_inside_that_nobody_looks_at_fails_the_test_with_the_tree(run: Run) -> None:
    result = run(
        f"""{DEMO}
async def test_it(demo, alice):
    tx = await refused(demo, alice)
    expect(tx).succeeded()
    assert "FAILED" in str(tx)  # to print it is not to look at it
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "a receipt failed inside a transaction that succeeded, and the test neither expected it nor looked at it",
            "called: demo.sandbox.gives_back(*) by alice.sandbox with 1 NEAR, 100 Tgas",
            "*==> #2 FAILED demo.sandbox: refuse()*",
            '*expect(tx.receipt("demo.sandbox", *)).failed()*',
        ]
    )


def test_what_counts_as_looking(run: Run) -> None:
    run(
        f"""{DEMO}
async def test_reads_it(demo, alice):
    assert (await refused(demo, alice)).receipt(demo, "refuse").failed

async def test_reads_all(demo, alice):
    assert len((await refused(demo, alice)).failed_receipts) == 1

async def test_expects_it(demo, alice):
    expect((await refused(demo, alice)).receipt(demo, "refuse")).panicked("refuses")

async def test_asks_for_it(demo, alice):
    expect(await refused(demo, alice)).contains(method="refuse", status="failed", count=1)

async def test_expects_the_refund(demo, alice):
    expect(await refused(demo, alice)).refunded(NEAR(1), to=demo)

async def test_takes_on_whatever_comes(demo, alice):
    expect(await refused(demo, alice).attempt()).succeeded()

async def test_names_it(demo, alice):
    failure = await refused(demo, alice).expect_failure("ContractPanic", "refuses deposits", at=demo)
    expect(failure).paid(NEAR(1), by=demo, to=alice)

async def test_the_whole_transaction_fails(demo, alice):
    with pytest.raises(Exception, match="refuses deposits"):
        await demo.refuse().by(alice)
    await demo.refuse().by(alice).expect_failure("ContractPanic")
"""
    ).assert_outcomes(passed=8)


def test_a_failure_that_does_not_come_or_comes_otherwise(run: Run) -> None:
    result = run(
        f"""{DEMO}
async def test_none(demo, alice):
    await demo.accept().by(alice).expect_failure()

async def test_another(demo, alice):
    await demo.refuse().by(alice).expect_failure("GasExceeded")

async def test_elsewhere(demo, alice):
    await refused(demo, alice).expect_failure(at=alice)

async def test_one_of_two_stays_unexpected(near, demo, alice):
    tx = await demo.gives_back_with_too_little_gas(callee=demo, callback_gas=TGas("0.5")).by(alice).attach(NEAR(1)).attempt()
    tx.handled = False
    expect(tx.receipt(demo, "refuse")).failed()

async def test_a_refusal(demo, alice):
    failure = await demo.accept().by(alice).attach(NEAR(1000)).expect_failure("NotEnoughBalance")
    assert failure.outcome is None
"""
    )
    result.assert_outcomes(passed=1, failed=4)
    result.stdout.fnmatch_lines(
        [
            "*expected failure of the transaction, but it succeeded*",
            "*expected GasExceeded of the transaction, but it failed otherwise: ContractPanic: this callee refuses*",
            "*expected a receipt with receiver alice.sandbox, status failed; there is none*",
            "a receipt failed inside a transaction that succeeded*",
        ]
    )


@pytest.mark.parametrize(("ini", "outcomes"), [("warn", {"failed": 1}), ("ignore", {"passed": 1})])
def test_the_whole_project_can_opt_out(run: Run, ini: str, outcomes: dict[str, int]) -> None:
    result = run(
        f"{DEMO}\nasync def test_it(demo, alice):\n    await refused(demo, alice)\n",
        ini=f"asyncio_mode = auto\nnear_unseen_failures = {ini}",
    )
    result.assert_outcomes(**outcomes)  # the run turns warnings into errors
    assert ("UnseenFailure: a receipt failed inside" in result.stdout.str()) == (ini == "warn")


def test_a_marker_wins_over_the_project(run: Run) -> None:
    run(
        f"""{DEMO}
pytestmark = pytest.mark.near_unseen_failures("ignore")

async def test_passes(demo, alice):
    await refused(demo, alice)

@pytest.mark.near_unseen_failures("error")
async def test_fails(demo, alice):
    await refused(demo, alice)
"""
    ).assert_outcomes(passed=1, failed=1)


def test_a_wrong_word_is_refused(run: Run) -> None:
    result = run("def test_it(): pass", ini="near_unseen_failures = never")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*ini key near_unseen_failures: 'never' is none of error, warn, ignore*"])


def test_fixtures_count_and_a_test_that_fails_anyway_fails_once(run: Run) -> None:
    result = run(
        f"""{DEMO}
@pytest.fixture
async def before(demo, alice):
    await refused(demo, alice)

@pytest.fixture
async def after(demo, alice):
    yield
    await refused(demo, alice)

async def test_setup(before): pass

async def test_teardown(after): pass

async def test_fails_anyway(before):
    assert 1 == 2

@pytest.mark.xfail(strict=True)
async def test_is_known_to_fail(before): pass

async def test_is_alone(alice, bob):
    await alice.transfer(bob, NEAR(1))
"""
    )
    result.assert_outcomes(failed=2, passed=2, errors=1, xfailed=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2*"])


def test_what_a_fixture_sends_at_its_end_counts(run: Run) -> None:
    result = run(
        f"""{DEMO}
@pytest.fixture
async def cleaned(demo, alice):
    yield
    await refused(demo, alice)

async def test_it(cleaned):
    pass
"""
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["a receipt failed inside a transaction that succeeded, *"])
