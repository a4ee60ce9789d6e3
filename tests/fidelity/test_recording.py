"""A suite that is recorded from a node that answers as the real one did is the suite that is there already."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from fidelity_replay import SUITES, differences
from sandbox_process import init, running

SCRIPT = Path(__file__).parents[2] / "scripts" / "record_fidelity.py"


def _record(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=120, check=False
    )


def test_a_suite_without_answers_gets_them_from_the_node(tmp_path: Path) -> None:
    known = json.loads((SUITES / "accounts.json").read_text())
    bare = {**known, "steps": [{key: value for key, value in step.items() if key != "expect"} for step in known["steps"]]}
    suite = tmp_path / "accounts.json"
    suite.write_text(json.dumps(bare))
    init(tmp_path / "home", "--fast", "--account-id", "sandbox", "--test-seed", "sandbox", "--chain-id", "sandbox")
    with running(tmp_path / "home") as node:
        done = _record(str(suite), "--rpc", node.url)

    assert done.returncode == 0, done.stderr
    assert list(differences(known, json.loads(suite.read_text()))) == []


def test_a_node_that_is_not_there_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    suite = tmp_path / "accounts.json"
    suite.write_text((SUITES / "accounts.json").read_text())

    done = _record(str(suite), "--rpc", "http://127.0.0.1:9")

    assert done.returncode == 2 and "nothing recorded: URLError" in done.stderr
    assert suite.read_text() == (SUITES / "accounts.json").read_text()
