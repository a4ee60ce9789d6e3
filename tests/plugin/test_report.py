"""``--near-report``: one page with the transactions of each test, also of those that fail, also with workers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from plugin.conftest import Run

CONTRACTS = Path(__file__).parent.parent.parent / "contracts" / "compiled"
_TESTS = f"""
import pytest
from near_harness import NEAR

@pytest.fixture
async def demo(near):
    return await near.deploy({str(CONTRACTS / "deposit_demo.wasm")!r}, "demo")

async def test_gives_back(demo, alice):
    await demo.gives_back(callee=demo).by(alice).attach(NEAR(1)).attempt()

async def test_fails(demo, alice):
    await demo.accept().by(alice).attach(NEAR(1))
    assert "this" == "that"

async def test_rolled_back(near, alice, bob):
    with near.anchor():
        await alice.transfer(bob, NEAR(1))

def test_without_a_node():
    pass
"""


@pytest.mark.parametrize("options", [[], ["-n2"]], ids=["one process", "workers"])
def test_the_page_has_every_test_and_transaction(run: Run, pytester: pytest.Pytester, options: list[str]) -> None:
    result = run(_TESTS, "--near-report=out/here", *options)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["near: report in */out/here/index.html"])
    text = (pytester.path / "out" / "here" / "index.html").read_text()
    assert "<h1>1 failed, 3 passed</h1>" in text
    for name in ("test_gives_back", "test_fails", "test_rolled_back", "test_without_a_node"):
        assert text.count(f"::{name}</code>") == 1
    assert text.count("<svg ") >= 6
    assert "ContractPanic: this callee refuses deposits" in text
    assert "AssertionError" in text
    assert "deploy " in text  # what fixtures send is there as well
    assert "block +3" in text
    assert "the chain was rolled back since" in text  # the ledger of what an anchor has undone
    assert "<td>demo.sandbox</td>" in text


def test_no_report_without_the_option(run: Run, pytester: pytest.Pytester) -> None:
    run(_TESTS, "-k", "gives_back").assert_outcomes(passed=1)
    assert not list(pytester.path.rglob("index.html"))


@pytest.mark.parametrize("folder", ["taken", "taken/below"])
def test_a_folder_that_cannot_be_made_is_refused_before_any_test_runs(run: Run, pytester: pytest.Pytester, folder: str) -> None:
    (pytester.path / "taken").write_text("a file where the folder should be")
    result = run(_TESTS, f"--near-report={folder}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --near-report=*{folder}: the folder cannot be made or written to: *"])
    result.stdout.no_fnmatch_line("*passed*")


def test_a_page_that_cannot_be_written_leaves_the_results_alone(run: Run, pytester: pytest.Pytester) -> None:
    (pytester.path / "out" / "index.html").mkdir(parents=True)
    result = run(_TESTS, "--near-report=out")
    result.assert_outcomes(passed=3, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["near: no report: *index.html*"])
    result.stderr.no_fnmatch_line("*Traceback*")
