"""What is run from a command line: the demo and the bug report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "scripts" / "bug_report_lost_deposit.py"


def _run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:

    env = {key: value for key, value in os.environ.items() if not key.startswith("NEAR_HARNESS_") or key == "NEAR_HARNESS_CACHE"}
    return subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, *command],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**env, **environment, "PYTHONIOENCODING": "utf-8"},
        timeout=120,
        check=False,
    )


def test_the_bug_report_says_that_the_bug_is_still_there() -> None:
    done = _run(str(REPORT))
    assert done.returncode == 1, done.stderr
    assert "ContractPanic: this callee refuses deposits; its changes were rolled back" in done.stdout
    assert "refund 3 NEAR to caller.sandbox (deposit of the failed receipt)" in done.stdout
    assert done.stdout.endswith("still there\n")


def test_the_bug_report_says_that_the_bug_is_fixed() -> None:
    done = _run(str(REPORT), "--method", "gives_back")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("fixed\n")


def test_the_bug_report_that_cannot_run_says_why() -> None:
    done = _run(str(REPORT), "--method", "gives_bakc")
    assert done.returncode == 2
    assert "UnknownMethod: contract caller.sandbox has no method 'gives_bakc'; did you mean gives_back" in done.stderr


def test_the_demo_tells_the_story() -> None:
    done = _run("-m", "near_harness.demo", "--width", "150")
    assert done.returncode == 0, done.stderr
    titles = [line for line in done.stdout.splitlines() if line.startswith(("╭─ ", "┌─ "))]  # Windows has the second
    assert [title.split("─")[1].strip() for title in titles] == [
        "1. The right contract, the pool works",
        "2. The right contract, the pool fails",
        "3. The wrong contract, the pool fails",
        "4. The double withdrawal",
    ]
    assert done.stdout.count("ContractPanic: pool is paused") == 2
    assert "Alice got 10 NEAR that are bob's" in done.stdout


@pytest.mark.parametrize("command", [["-m", "near_harness.demo"], ["-m", "near_harness.cli", "demo"]])
def test_the_demo_refuses_an_unknown_kind_of_node_in_one_line(command: list[str]) -> None:
    done = _run(*command, "--near-node", "moon")
    assert done.returncode == 3
    assert done.stderr == "Error: UnknownNodeKind: unknown kind of node 'moon': choose one of embedded, docker, binary, remote\n"
