"""What the table says of peers that cannot be had, and that nothing of theirs is hidden. None is installed here."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from peers.comparison import CLIENTS, IN_PROCESS, NEARCORE, OTHER_NODES, Comparison
from peers.installing import HERE, NotInstalled, installed
from peers.peer import AS_NODE, FIRST_TEST, NEXT_TEST, Broken, Peer
from rows import Row, Section

PEERS = (*IN_PROCESS, *CLIENTS, *OTHER_NODES)
TON = next(peer for peer in IN_PROCESS if peer.folder == "ton_sandbox")
KIT = next(peer for peer in CLIENTS if peer.folder == "near_kit_npm")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with programs; the cache is empty."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("NEAR_HARNESS_CACHE", str(tmp_path / "cache"))
    return folder


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def node(folder: Path, text: str) -> None:
    program(folder, "node", f'[ "$1" = --version ] && echo v20.1.0 && exit\n{text}')
    program(folder, "npm", "exit 0")


@pytest.mark.usefixtures("path")
def test_a_peer_that_cannot_be_installed_has_all_its_rows_with_the_reason() -> None:
    rows = KIT.rows(1, {})
    assert [row.name for row in rows] == [*AS_NODE.values(), FIRST_TEST, NEXT_TEST]
    assert {row.shown for row in rows} == {"not installed: Node.js 20 or newer with npm is not on PATH"}
    assert {row.by for row in rows} == {"near-kit (npm)"}
    assert {row.section for row in rows} == {Section.CLIENTS, Section.SUITES}


def test_an_old_node_and_a_registry_without_it_are_said(path: Path) -> None:
    program(path, "npm", "echo 'npm error code E404' >&2; echo 'npm error 404 Not Found' >&2; exit 1")
    program(path, "node", "echo v18.2.0")
    with pytest.raises(NotInstalled, match=r"it needs Node\.js 20 or newer, and node is v18\.2\.0"):
        installed("ton_sandbox")
    program(path, "node", "echo v20.1.0")
    for _ in range(2):  # what did not come is asked for again
        with pytest.raises(NotInstalled, match="npm ci failed: npm error code E404"):
            installed("ton_sandbox")


def test_what_is_installed_is_not_installed_again_and_programs_are_fresh(path: Path, tmp_path: Path) -> None:
    node(path, "exit 0")
    program(path, "npm", f'echo "$@" >> {tmp_path}/asked')
    home = installed("ton_sandbox")
    (home / "ton_sandbox" / "measure.js").write_text("old")
    assert installed("ton_sandbox") == home
    (asked,) = (tmp_path / "asked").read_text().splitlines()
    assert asked.startswith("ci --ignore-scripts")
    assert (home / "ton_sandbox" / "measure.js").read_text() == (HERE / "ton_sandbox" / "measure.js").read_text()
    assert (home / "timing.js").exists()


def test_a_program_that_fails_is_no_figure(path: Path) -> None:
    node(path, "echo 'it broke' >&2; exit 3")
    with pytest.raises(Broken, match=r"ton_sandbox: node measure.js ended with 3:\nit broke"):
        TON.rows(1, {})


def test_a_program_that_fails_keeps_nobody_else_from_being_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_or_be_absent(peer: Peer, *_: object) -> list[Row]:
        if peer is TON:
            raise Broken("ton_sandbox ended with 3")
        return peer.absent("not measured here")

    monkeypatch.setattr(Peer, "rows", fail_or_be_absent)
    comparison = Comparison(1)
    rows = comparison.rows()
    assert comparison.broken == ["ton_sandbox ended with 3"]
    assert {row.shown for row in rows if row.by == "TON Sandbox"} == {"its program failed"}
    assert {row.by for row in rows if row.shown == "not measured here"} >= {"near-kit (npm)", "anvil (Ethereum), viem"}


def test_figures_are_medians_and_what_is_missing_without_a_reason_is_a_fault(path: Path) -> None:
    measured = {"version": "7.1", "start": [1, 9, 2], "transfer": [3], "call": [4], "view": [5], "rewind": [6]}
    node(path, f"echo noise; echo '{json.dumps(measured)}'")
    rows = {row.name: row for row in TON.rows(1, {}) if row.section is Section.IN_PROCESS}
    assert [row.value for row in rows.values()] == [2, 3, 4, 5, 6]
    assert {row.by for row in rows.values()} == {"TON Sandbox 7.1"}
    del measured["view"]
    node(path, f"echo '{json.dumps(measured)}'")
    with pytest.raises(Broken, match="ton_sandbox measures no view"):
        TON.rows(1, {})
    lacking = Peer("ton_sandbox", "TON {}", Section.IN_PROCESS, lacks={"view": "not offered"})
    assert [row.shown for row in lacking.rows(1, {}) if row.name == "a view"] == ["not offered"]


def test_each_peer_has_its_programs_and_exact_versions() -> None:
    for folder in {peer.folder for peer in PEERS} - {"ours"}:
        here = HERE / folder
        if (here / "package.json").exists():
            assert (here / "measure.js").exists() and (here / "suite.test.js").exists()
            lock = (here / "package-lock.json").read_text()
            assert "integrity" in lock and "resolved" not in lock
            wanted = json.loads((here / "package.json").read_text())["dependencies"]
            assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
        else:
            assert (here / "measure.py").exists() and (here / "test_suite.py").exists()
            assert "==" in (here / "requirements.txt").read_text()


def test_nearcores_own_node_is_in_the_table() -> None:
    assert NEARCORE.value is None and "no registry has it" in NEARCORE.shown
