"""``near-harness audit``: reports, files, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from audit.conftest import CONTRACTS
from click.testing import CliRunner, Result

from near_harness.audit.rules import RULES
from near_harness.cli import main

BANK = str(CONTRACTS / "bank.wasm")
POOL = str(CONTRACTS / "staking_pool.wasm")


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["audit", *map(str, args)])


def test_findings_are_exit_code_1_and_told_with_their_proof() -> None:
    result = run(BANK, "--rule", "kept-state")
    assert result.exit_code == 1
    assert "NH002 kept-state  high  bank.sandbox.deposit_and_stake_wrong" in result.stdout
    assert "callback of #2" in result.stdout
    assert "explained: near-harness audit --explain NH002" in result.stdout
    assert "1 finding (1 high)" in result.stdout


def test_a_contract_without_findings_is_exit_code_0() -> None:
    result = run(POOL)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "0 findings" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing.wasm"], "nothing.wasm"),
        ([BANK, "--rule", "NH999"], "there is no rule 'NH999'; there are NH001 (open-callback)"),
        ([BANK, "--with", "pool"], "write NAME=FILE.wasm"),
        ([BANK, "--with", f"Pool={POOL}"], "account id 'Pool'"),
        ([BANK, "--init", "new", "--args", "{"], "is no JSON"),
        ([BANK, "--call", "withdraw", "{}", "1"], "write an amount such as"),
        ([BANK, "--write-baseline"], "needs --baseline"),
        ([BANK, "--baseline", "missing.json"], "--write-baseline makes it"),
        ([BANK, "--baseline", POOL], "is no baseline of an audit"),
        (["--explain", "NH999"], "there is no rule"),
        (["--format", "xml", BANK], "xml"),
    ],
)
def test_a_wrong_command_line_is_exit_code_2(arguments: list[str], told: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"#!/bin/sh", "is no WebAssembly module"),
        (b"\0asm\1\0\0\0", "exports no functions"),
        (b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\7\5\1\1m\0\0\x0a\4\1\2\0\xff", "cannot run it"),
    ],
)
def test_a_contract_that_cannot_be_audited_is_exit_code_3(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "contract.wasm"
    path.write_bytes(content)
    result = run(path)
    assert (result.exit_code, result.stdout) == (3, "")
    assert told in result.stderr and "Traceback" not in result.stderr


def test_an_init_that_fails_is_exit_code_3() -> None:
    result = run(POOL, "--init", "new", "--args", '{"owner": 5}')
    assert result.exit_code == 3
    assert "cannot be deployed with new" in result.stderr


def test_fail_on_and_baseline_decide_what_fails(tmp_path: Path) -> None:
    baseline = tmp_path / "known.json"
    assert run(BANK, "--fail-on", "never", "--rule", "NH002").exit_code == 0
    assert run(BANK, "--baseline", baseline, "--write-baseline").exit_code == 0
    assert "deposit_and_stake_wrong" in baseline.read_text()
    again = run(BANK, "--baseline", baseline)
    assert again.exit_code == 0
    assert "known: it is in the baseline" in again.stdout


def test_json_has_everything(tmp_path: Path) -> None:
    result = run(BANK, "--json", "--scripts", tmp_path / "scripts")
    report = json.loads(result.stdout)
    assert report["schema"] == "near_harness/audit@1"
    (finding,) = (one for one in report["findings"] if one["rule"] == "NH002")
    assert (finding["method"], finding["severity"], finding["page"]) == ("deposit_and_stake_wrong", "high", "rules/NH002.md")
    assert Path(finding["script"]).is_file()
    assert {method["method"] for method in report["methods"]} >= {"withdraw", "on_staked"}


def test_rules_are_listed_and_explained() -> None:
    listed = run("--list").stdout
    for rule in RULES:
        assert f"{rule.id}  {rule.name}" in listed
        page = run("--explain", rule.name).stdout
        assert page.startswith(f"# {rule.id}: ") and f"`{rule.name}`" in page
        for part in ("## What", "## Why", "## Bad", "## Good"):
            assert part in page, (rule.id, part)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    result = run(POOL, "--output", tmp_path / "no" / "report.txt")
    assert result.exit_code == 3
    assert "report.txt: No such file or directory" in result.stderr
