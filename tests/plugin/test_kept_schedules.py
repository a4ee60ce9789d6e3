"""``--near-schedule``, the marker, and that what failed is run first next time."""

from __future__ import annotations

from pathlib import Path

import pytest

CONTRACTS = Path(__file__).parent.parent.parent / "contracts" / "compiled"
_TEST = f"""
import pytest
from near_harness import NEAR

@pytest.fixture
async def setting(near, alice):
    bank = await near.deploy({str(CONTRACTS / "bank.wasm")!r}, "bank")
    pool = await near.deploy({str(CONTRACTS / "staking_pool.wasm")!r}, "pool")
    await pool.set_paused(paused=PAUSED).by(pool.account)
    return bank, pool

async def test_race(near, setting, alice):
    bank, pool = setting
    stake = bank.deposit_and_stake_racy(pool=pool).by(alice).attach(NEAR(10)).gas("150 Tgas")
    report = await near.explore([stake, bank.withdraw().by(alice)])
    print(report.summary)
    report.assert_safe()
"""
_LINE = "near-schedule v1 fifo w0 w1 w0.0 w1.0.cb w0.0.cb"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project whose pytest keeps its cache."""
    for variable in ("NEAR_HARNESS_NODE", "NEAR_HARNESS_PROTOCOL_VERSION", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(variable, raising=False)
    pytester.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nnear_bundle = never\n")
    pytester.makepyfile(test_race=_TEST.replace("PAUSED", "True"))
    return pytester


def test_what_failed_is_kept_and_run_first(project: pytest.Pytester) -> None:
    first = project.runpytest_subprocess("-s")
    first.assert_outcomes(failed=1)
    first.stdout.fnmatch_lines(["*explored 1 receipt order (fifo)*1 finding", f"*--near-schedule='{_LINE}'*"])
    (page,) = (project.path / ".near" / "explore").glob("test_race_py_test_race-*.html")
    first.stdout.fnmatch_lines([f"*written to {page}"])
    second = project.runpytest_subprocess("-s")
    second.assert_outcomes(failed=1)
    second.stdout.fnmatch_lines(["*replayed 1 receipt order (fifo)*1 finding"])
    (project.path / "test_race.py").write_text(_TEST.replace("PAUSED", "False"))
    project.runpytest_subprocess("-s").assert_outcomes(passed=1)
    third = project.runpytest_subprocess("-s")
    third.stdout.fnmatch_lines(["*explored 4/4 receipt orders*"])


def test_one_order_by_option_and_by_marker(project: pytest.Pytester) -> None:
    asked = project.runpytest_subprocess("-s", f"--near-schedule={_LINE}")
    asked.assert_outcomes(failed=1)
    asked.stdout.fnmatch_lines(["*replayed 1 receipt order (fifo), 7 receipts*"])
    fine = project.runpytest_subprocess("-s", "--near-schedule=near-schedule v1 fifo w1 w0 w0.0 w0.0.cb")
    fine.assert_outcomes(passed=1)
    marked = _TEST.replace("PAUSED", "True").replace(
        "async def test_race", f"@pytest.mark.near_schedule({_LINE!r})\nasync def test_race"
    )
    (project.path / "test_race.py").write_text(marked)
    project.runpytest_subprocess("-s").stdout.fnmatch_lines(["*replayed 1 receipt order*"])


def test_a_line_that_is_none(project: pytest.Pytester) -> None:
    refused = project.runpytest_subprocess("--near-schedule=w0 w1")
    refused.stderr.fnmatch_lines(["ERROR: --near-schedule: 'w0 w1' is no schedule*"])
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
