"""The gas of a run: a table, a committed file that is compared, and a warning where a callback has too little to spare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from plugin.conftest import Run

CONTRACTS = Path(__file__).parent.parent.parent / "contracts" / "compiled"
_TESTS = f"""
import pytest
from near_harness import NEAR, Gas

@pytest.fixture
async def demo(near):
    return await near.deploy({str(CONTRACTS / "deposit_demo.wasm")!r}, "demo")

async def test_accepts(demo, alice):
    await demo.accept().by(alice).attach(NEAR(1))

async def test_gives_back(demo, alice):
    await demo.gives_back(callee=demo).by(alice).attach(NEAR(1)).attempt()
"""


def test_a_table_of_the_methods(run: Run) -> None:
    result = run(_TESTS, "--near-gas")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "*= gas =*",
            "method *receipts *least *average *most *attached *to spare",
            "demo.sandbox.accept * 1 *Tgas *100 Tgas *100%",
        ]
    )
    assert "= gas =" not in run(_TESTS).stdout.str()


def test_the_table_is_whole_with_workers(run: Run) -> None:
    result = run(_TESTS, "--near-gas", "-n2")
    result.stdout.fnmatch_lines(["demo.sandbox.accept * 1 *", "demo.sandbox.gives_back * 1 *"])


def test_gas_is_compared_with_a_file(run: Run, pytester: pytest.Pytester) -> None:
    run(_TESTS, "--near-gas-update").assert_outcomes(passed=2)
    file = pytester.path / ".near-gas"
    written = file.read_text()
    assert "::test_accepts\tdemo.sandbox.accept\t" in written
    assert run(_TESTS, "--near-gas-check").ret == 0
    assert run(_TESTS, "--near-gas-check", "-k", "accepts").ret == 0  # tests that do not run are not missed

    lines = written.splitlines()
    at = next(index for index, line in enumerate(lines) if "test_accepts" in line)
    test, method, gas = lines[at].split("\t")
    file.write_text("\n".join([*lines[:at], f"{test}\t{method}\t{int(gas) * 100 // 120}", *lines[at + 1 :]]) + "\n")
    result = run(_TESTS, "--near-gas-check")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*gas differs by more than 1 %*", f"{test} {method}: * -> *Tgas (+20.00 %)"])
    loose = "asyncio_mode = auto\nnear_gas_tolerance = 21"
    assert run(_TESTS, "--near-gas-check", ini=loose).ret == 0
    run(_TESTS, "--near-gas-update", "-k", "accepts")
    assert file.read_text() == written


def test_a_new_method_and_a_missing_or_broken_file(run: Run, pytester: pytest.Pytester) -> None:
    result = run(_TESTS, "--near-gas-check")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["gas file *.near-gas: No such file or directory; write it with --near-gas-update"])
    (pytester.path / ".near-gas").write_text("# only a head\n")
    result = run(_TESTS, "--near-gas-check")
    result.stdout.fnmatch_lines(["*::test_accepts demo.sandbox.accept: none -> *Tgas"])
    (pytester.path / ".near-gas").write_text("what is this\n")
    run(_TESTS, "--near-gas-check").stdout.fnmatch_lines(["gas file *line 1: 'what is this' is no test, method and gas*"])
    result = run(_TESTS, ini="asyncio_mode = auto\nnear_gas_tolerance = some")
    result.stderr.fnmatch_lines(["*near_gas_tolerance: 'some' is no number of percent*"])


def test_a_callback_with_too_little_to_spare_warns(run: Run) -> None:
    source = f"""{_TESTS}
async def test_tight(demo, alice):
    from near_harness.gas import gas_uses
    tx = await demo.gives_back(callee=demo).by(alice).attach(NEAR(1)).attempt()
    used = next(use.used for use in gas_uses(tx) if use.receipt.method == "give_back")
    call = demo.gives_back_with_too_little_gas(callee=demo, callback_gas=Gas(int(used) * 110 // 100))
    await call.by(alice).attach(NEAR(1)).attempt()
"""
    result = run(source, "-W", "always::near_harness.plugin.gas.TightCallback")
    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines(["*TightCallback: *::test_tight: the callback demo.sandbox.give_back sends money*under 20 %*"])
