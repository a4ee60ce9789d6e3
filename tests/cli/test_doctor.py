"""``near-harness doctor``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.conftest import Cli


def test_it_lists_versions_kinds_and_caches(cli: Cli) -> None:
    done = cli("doctor")
    assert done.returncode == 0, done.stderr
    for text in ("near-harness 0.", "py-near 1.2", "embedded  ready: engine ", ", protocol ", "docker ", "contracts "):
        assert text in done.stdout
    assert "without options: embedded node, protocol 86" in done.stdout


def test_it_says_the_same_as_json(cli: Cli) -> None:
    found = json.loads(cli("doctor", "--json").stdout)
    assert found["packages"]["pytest"]
    assert found["nodes"]["embedded"]["ready"] is True
    oldest, newest = found["nodes"]["embedded"]["protocol_versions"]
    assert oldest <= 86 <= newest
    assert set(found["caches"]) == {"contracts", "imports", "nodes"}


def test_it_measures_the_caches(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "imports" / "node").mkdir(parents=True)
    (tmp_path / "imports" / "node" / "a.json").write_bytes(b"x" * 1234)
    found = json.loads(cli("doctor", "--json", NEAR_HARNESS_CACHE=str(tmp_path)).stdout)
    assert found["caches"]["imports"] == {"folder": str(tmp_path / "imports"), "files": 1, "bytes": 1234}


def test_it_shows_what_the_environment_chooses_and_what_is_wrong_with_it(cli: Cli) -> None:
    chosen = json.loads(cli("doctor", "--json", NEAR_HARNESS_NODE="binary:2.9.1", NEAR_HARNESS_PROTOCOL_VERSION="85,86").stdout)
    assert chosen["chosen"] == {"nodes": ["binary:2.9.1"], "protocol_versions": [85, 86]}
    assert "settings: unknown kind of node 'moon'" in cli("doctor", NEAR_HARNESS_NODE="moon").stdout


def test_it_says_why_a_kind_cannot_run_and_exits_with_1_where_none_can(cli: Cli, tmp_path: Path) -> None:
    empty = tmp_path / "near_harness_engine"
    empty.mkdir()
    (empty / "__init__.py").write_text('__version__ = "0.0.1"\n')
    done = cli(
        "doctor", PYTHONPATH=str(tmp_path), PATH="/nowhere", DOCKER_HOST="unix:///nowhere.sock", NEAR_SANDBOX_BIN_PATH="/no"
    )
    assert "embedded  not ready: near-harness 0.1.0 needs near-harness-engine 0.1.0, but 0.0.1 is installed" in done.stdout
    assert done.returncode == 1
