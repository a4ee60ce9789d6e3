"""Every example is run as its README says: projects with pytest in their folder, reports as scripts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
CONTRACTS = EXAMPLES.parent / "contracts" / "compiled"
PROJECTS = {"contract-repository": ["--near-gas-check"], "features": [], "matrix": []}
"""Folders with tests, and the options that they are run with."""


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("NEAR_", "PYTEST_"))}
    if cache := os.environ.get("NEAR_HARNESS_CACHE"):
        env["NEAR_HARNESS_CACHE"] = cache
    return subprocess.run(  # noqa: S603 - our own examples
        [sys.executable, *command],
        cwd=folder,
        env={**env, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_every_folder_is_run_and_listed() -> None:
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert folders == {*PROJECTS, "bug-reports", "exploration", "notebook"}
    assert [name for name in folders if f"`{name}/`" not in readme] == []


@pytest.mark.parametrize("project", PROJECTS)
def test_a_project_is_green(project: str) -> None:
    done = _run(EXAMPLES / project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", *PROJECTS[project])
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


@pytest.mark.parametrize(("method", "code"), [("deposit_and_stake_wrong", 1), ("deposit_and_stake", 0), ("no_such_method", 2)])
def test_the_report_of_the_second_withdrawal(method: str, code: int) -> None:
    done = _run(EXAMPLES / "bug-reports", "withdrawn_twice.py", "--method", method)
    assert done.returncode == code, done.stdout + done.stderr
    said = (done.stdout.splitlines()[-1], done.stderr)[code == 2] if done.stdout else done.stderr
    assert ("mended", "still there", "the report cannot run: UnknownMethod")[code] in said


@pytest.mark.parametrize(("callback", "code"), [("on_three_results_open", 1), ("on_three_results", 0), ("nothing", 2)])
def test_the_report_of_the_open_callback(callback: str, code: int) -> None:
    done = _run(EXAMPLES / "bug-reports", "callback_open_to_strangers.py", str(CONTRACTS / "callback_results.wasm"), callback)
    assert done.returncode == code, done.stdout + done.stderr


@pytest.mark.parametrize(("arguments", "code"), [([], 1), (["--faults", "1"], 0)])
def test_the_scenarios_of_the_exploration(arguments: list[str], code: int, tmp_path: Path) -> None:
    place = "bank.py" if code else "bank.py::scenario_right"
    done = _run(
        EXAMPLES / "exploration", "-m", "near_harness.cli", "explore", place, *arguments, "--save", str(tmp_path), "--json"
    )
    assert done.returncode == code, done.stdout + done.stderr
    told = json.loads(done.stdout)
    found = {
        one["name"].rpartition("::")[2]: [len(report["findings"]) for report in one["explorations"]] for one in told["scenarios"]
    }
    right = {"scenario_right": [0]}
    assert found == ({"scenario_credit_before_the_stake": [1]} if code else {}) | right
    assert told["exhaustive"] is (code == 0)


def test_the_workflow_of_the_contract_repository_calls_the_one_that_is_here() -> None:
    workflow = (EXAMPLES / "contract-repository" / ".github" / "workflows" / "tests.yml").read_text()
    called = {line.split("/")[-1].split("@")[0] for line in workflow.splitlines() if "uses:" in line}
    assert called == {"contract-tests.yml"}
    assert (EXAMPLES.parent / ".github" / "workflows" / "contract-tests.yml").is_file()
