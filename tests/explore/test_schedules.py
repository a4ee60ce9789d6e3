"""Schedules as lines and as files: read, run again, refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from near_harness import NEAR, Account, Contract, Near
from near_harness.errors import BadInput
from near_harness.explore.errors import ScheduleDiverged
from near_harness.explore.files import run_again
from near_harness.explore.report import Report
from near_harness.explore.schedule import Schedule
from near_harness.transactions import Call

LINE = "near-schedule v1 fifo w0 w1 w0.0!panic w1.0.cb w0.0.cb"


@pytest.fixture
def calls(bank: Contract, pool: Contract, alice: Account) -> list[Call]:
    stake = bank.deposit_and_stake_racy(pool=pool).by(alice).attach(NEAR(10)).gas("150 Tgas")
    return [stake, bank.withdraw().by(alice)]


@pytest.fixture
async def report(near: Near, calls: list[Call]) -> Report:
    return await near.explore(calls, faults=1)


def test_a_line_is_read_as_it_is_written() -> None:
    schedule = Schedule.parse(LINE)
    assert schedule.names == ("w0", "w1", "w0.0", "w1.0.cb", "w0.0.cb")
    assert schedule.faults == (("w0.0", "panic"),)
    assert str(schedule) == LINE
    assert str(Schedule.parse("near-schedule v1 any w0!calls_back_in:withdraw")).endswith("w0!calls_back_in:withdraw")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "it begins with"),
        ("near-schedule v2 fifo w0", "it begins with"),
        ("near-schedule v1 lifo w0", "it begins with"),
        ("near-schedule v1 fifo w0 0.1", "'0.1' is no receipt"),
        ("near-schedule v1 fifo w0 w0", "each receipt runs once"),
    ],
)
def test_what_is_no_line(line: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        Schedule.parse(line)


async def test_an_order_is_run_again(near: Near, calls: list[Call], report: Report) -> None:
    (finding,) = report.findings
    assert finding.schedule == LINE
    again = await near.replay_schedule(calls, finding.schedule)
    assert again.findings[0].oracle == finding.oracle
    assert again.findings[0].trace.root == finding.trace.root
    assert "replayed 1 receipt order" in again.summary
    fine = await near.replay_schedule(calls, "near-schedule v1 fifo w0 w0.0 w0.0.cb w1")
    assert not fine.findings


async def test_an_order_that_cannot_be_run(near: Near, calls: list[Call]) -> None:
    with pytest.raises(ScheduleDiverged, match=r"receipt w0\.1 cannot run now, it is not on its way; what can: w1, w0\.0"):
        await near.replay_schedule(calls, "near-schedule v1 fifo w0 w0.1 w1")
    with pytest.raises(BadInput, match="no fault is called"):
        await near.replay_schedule(calls, "near-schedule v1 fifo w0!rain w1")


def test_a_finding_as_files(report: Report, tmp_path: Path) -> None:
    (page,) = report.save(tmp_path, "race")
    text = page.read_text()
    assert "no one-at-a-time order" in text
    assert "<th>bank.sandbox</th>" in text
    assert "The nearest order in which it is not so" in text
    (file,) = tmp_path.glob("race-*.json")
    content = json.loads(file.read_text())
    assert content["schema"] == "near_harness/schedule@1"
    assert content["schedule"] == LINE
    assert content["faults"] == {"w0.0": "panic"}
    again, same = run_again(file)
    assert same
    assert again == report.findings[0].trace
    (script,) = tmp_path.glob("repro_race_*.py")
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "it ends in the state that was recorded" in ran.stdout
    assert "on_staked_racy" in ran.stdout


def test_files_that_are_damaged(report: Report, tmp_path: Path) -> None:
    report.save(tmp_path)
    (file,) = tmp_path.glob("*.json")
    with pytest.raises(BadInput, match=r"cannot be read: No such file"):
        run_again(tmp_path / "none.json")
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(BadInput, match="is no schedule that was written here"):
        run_again(tmp_path / "other.json")
    content = json.loads(file.read_text())
    signed = content["transactions"][0]["signed"]
    content["transactions"][0]["signed"] = f"{signed[:8]}**{signed[8:]}"
    (tmp_path / "flipped.json").write_text(json.dumps(content))
    with pytest.raises(BadInput, match=r"flipped\.json is no schedule that was written here: .*base64"):
        run_again(tmp_path / "flipped.json")
    file.with_suffix(".chain").write_bytes(b"nothing")
    with pytest.raises(BadInput):
        run_again(file)


def test_the_text_draws_lanes(report: Report) -> None:
    text = str(report.findings[0])
    assert "--near-schedule='" + LINE in text
    lines = text.splitlines()
    head = next(line for line in lines if line.lstrip().startswith("receipt "))
    lane = head.index("pool.sandbox")
    failed = next(line for line in lines if "w0.0!panic" in line)
    assert failed[lane:].startswith("deposit_and_stake()")
    assert "money: 100 NEAR → 90 NEAR" in text
