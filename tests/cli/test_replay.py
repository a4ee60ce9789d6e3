"""``near-harness replay``: it reproduces, it differs and where, it cannot be done."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bundles.conftest import CORPUS, Changed, changed  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from cli.conftest import Cli

BANK = next(path for path in CORPUS if "double" in path.name)


def test_it_reproduces(cli: Cli) -> None:
    done = cli("replay", str(BANK))
    assert done.returncode == 0, done.stderr
    assert "recorded on: embedded node 0.1.0, protocol 86" in done.stdout
    assert "REPRODUCES: " in done.stdout
    assert done.stderr == ""


def test_it_reproduces_on_another_kind_of_node(cli: Cli) -> None:
    program = Path(sys.executable).parent / "near-harness-sandbox"
    done = cli("replay", str(BANK), "--near-node", f"binary:{program}", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["replayed_on"] == {"kind": "binary", "protocol_version": 86}
    assert [one for one in told["differences"] if one["matters"]] == []


def test_with_another_protocol_version_costs_do_not_count(cli: Cli, changed: Changed) -> None:  # noqa: F811
    def cheaper(content: dict[str, Any]) -> None:
        content["steps"][0]["seen"]["gas_burnt"] -= 1

    path = str(changed(cheaper))
    same = cli("replay", path)
    assert same.returncode == 1
    assert "DIFFERS: first at step 1" in same.stdout
    other = cli("replay", path, "--near-protocol", "85")
    assert other.returncode == 0, other.stdout
    assert "between protocol 86 and 85; first at step 1" in other.stdout


def test_it_differs_and_says_where(cli: Cli, changed: Changed) -> None:  # noqa: F811
    def panics(content: dict[str, Any]) -> None:
        step = next(step for step in content["steps"] if step["kind"] == "transaction" and len(step["seen"]["receipts"]) > 3)
        step["seen"]["receipts"][0]["logs"] = ["never said"]

    done = cli("replay", str(changed(panics)), "--json")
    assert done.returncode == 1
    first = json.loads(done.stdout)["first_difference"]
    assert (first["receipt"], first["field"], first["expected"]) == (1, "logs", ["never said"])


def test_it_shows_without_running(cli: Cli) -> None:
    done = cli("replay", str(BANK), "--show")
    assert done.returncode == 0
    assert "the test said:" in done.stdout
    assert "replayed" not in done.stdout


def test_what_is_no_bundle(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("no zip")
    done = cli("replay", "x.zip")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "Error: BundleError: x.zip is no bundle, or a damaged one: File is not a zip file\n"
