"""``near-harness audit``: reports, files, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from audit import hand_written
from audit.conftest import CONTRACTS, run_script
from click.testing import CliRunner, Result

from near_harness.audit.rules import RULES
from near_harness.cli import main

BANK = str(CONTRACTS / "bank.wasm")
POOL = str(CONTRACTS / "staking_pool.wasm")
FEW = ("--tries", 4)
ONLY = ("--rule", "NH002")
SETUP = str(Path(__file__).with_name("setup_of_one.py"))


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["audit", *map(str, args)])


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A contract with a fault of one rule, NH002."""
    path = tmp_path / "bad.wasm"
    path.write_bytes(hand_written.kept_state(good=False))
    return path


def test_findings_are_exit_code_1_and_told_with_their_proof(bad: Path) -> None:
    result = run(bad, *ONLY)
    assert result.exit_code == 1
    assert "NH002 kept-state  medium  bad.sandbox.do" in result.stdout
    assert "callback of #2" in result.stdout
    assert "explained: near-harness audit --explain NH002" in result.stdout
    assert "1 finding (1 medium)" in result.stdout


def test_a_contract_without_findings_is_exit_code_0() -> None:
    result = run(POOL, *FEW)
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
        ([BANK, "--call", "withdraw", "{", "0 NEAR"], "the example of withdraw: '{' is no JSON"),
        ([BANK, "--call", "withdraw", "{}", "1"], "the example of withdraw, its deposit: "),
        ([BANK, "--call", "withdraw", "{}", "-1 NEAR"], "the example of withdraw, its deposit: "),
        ([BANK, "--call", "wthdraw", "{}", "0 NEAR"], f"contract {BANK} has no method 'wthdraw'; did you mean withdraw"),
        ([BANK, "--call", "deposit_and_stake", '{"pol": 1}', "0 NEAR"], "argument 'pol' for deposit_and_stake(pool); did you"),
        ([BANK, "--call", "deposit_and_stake", "{}", "0 NEAR"], "missing argument 'pool' for deposit_and_stake(pool)"),
        ([BANK, "--call", "withdraw", "[1]", "0 NEAR"], "'[1]' is no JSON object; withdraw(amount?) is given one"),
        ([POOL, "--call", "new", '{"owner": "alice.sandbox"}', "0 NEAR"], "new(owner) initialises the contract, and the audit"),
        ([BANK, "--setup", SETUP, "--call", "wthdraw", "{}", "0 NEAR"], "has no method 'wthdraw'"),
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


def test_an_init_that_is_not_there_is_told_with_the_file() -> None:
    result = run(POOL, "--init", "nwe")
    assert result.exit_code == 3
    assert f"contract {POOL} has no method 'nwe'; did you mean new?" in result.stderr


def test_another_contract_that_nobody_initialises_is_named(bad: Path) -> None:
    told = "note: pool.sandbox was not initialised: a --setup file can call its new(owner)\n"
    assert told in run(bad, *ONLY, "--with", f"pool={POOL}").stdout
    assert json.loads(run(bad, *ONLY, "--with", f"pool={POOL}", "--json").stdout)["notes"] == [told[6:-1]]
    assert told[6:-1] in run(bad, *ONLY, "--with", f"pool={POOL}", "--format", "sarif").stdout
    assert "note: " not in run(bad, *ONLY).stdout


def test_another_contract_is_initialised_where_that_needs_no_arguments(bad: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.wasm"
    other.write_bytes(hand_written.reinitialisation(good=True))
    result = run(bad, *ONLY, "--with", f"bank={BANK}", "--with", f"other={other}", "--scripts", tmp_path)
    assert "note: bank.sandbox was initialised with new()\nnote: other.sandbox was initialised with new()\n" in result.stdout
    script = tmp_path / "NH002-do-work.py"
    assert script.read_text().count("init='new', args={}") == 2
    assert run_script(script).returncode == 1


def test_fail_on_decides_what_fails(bad: Path) -> None:
    codes = {least: run(bad, *ONLY, "--fail-on", least).exit_code for least in ("low", "medium", "high", "never")}
    assert codes == {"low": 1, "medium": 1, "high": 0, "never": 0}


def test_what_is_in_the_baseline_does_not_fail(bad: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "known.json"
    written = run(bad, *ONLY, "--baseline", baseline, "--write-baseline")
    assert (written.exit_code, "known.json: 1 findings" in written.stderr) == (0, True)
    assert "NH002 do: do changes its state" in baseline.read_text()
    again = run(bad, *ONLY, "--baseline", baseline)
    assert (again.exit_code, "known: it is in the baseline" in again.stdout) == (0, True)
    bad.write_bytes(hand_written.unread_promise(good=False))
    assert run(bad, "--rule", "NH006", "--baseline", baseline).exit_code == 1


def test_reports_go_to_files(bad: Path, tmp_path: Path) -> None:
    for form, begins in (
        ("text", "NH002 kept-state"),
        ("json", '{\n  "schema": "near_harness/audit@1"'),
        ("sarif", '{\n  "$schema"'),
    ):
        path = tmp_path / f"report.{form}"
        result = run(bad, *ONLY, "--format", form, "--output", path, "--scripts", tmp_path / "scripts")
        assert (result.exit_code, result.stdout) == (1, "")
        assert path.read_text().startswith(begins)
        assert "NH002-do-work.py" in path.read_text()
    assert (tmp_path / "scripts" / "NH002-do-work.py").is_file()
    assert json.loads(run(bad, *ONLY, "--json").stdout)["contract"] == "bad.sandbox"


def test_a_setup_file_makes_what_is_audited(tmp_path: Path) -> None:
    setup = tmp_path / "setup.py"
    setup.write_text(
        f"""from near_harness.audit import Subject

async def setup(near, wasm):
    pool = await near.deploy({POOL!r}, "pool")
    bank = await near.deploy(wasm, "bank", balance="200 NEAR")
    zoe = await near.create_account("zoe")
    call = bank.deposit_and_stake_wrong(pool=pool).by(zoe).attach("2 NEAR")
    return Subject(bank, users=[zoe], callees=[pool], calls=[call])
"""
    )
    result = run(BANK, "--setup", setup, "--rule", "NH002", "--tries", 2, "--scripts", tmp_path)
    assert result.exit_code == 1
    assert "by zoe.sandbox with 2 NEAR" in result.stdout
    ran = run_script(tmp_path / "NH002-deposit_and_stake_wrong-deposit_and_stake.py")
    assert (ran.returncode, ran.stderr) == (1, "")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("x = 1", "has no `async def setup(near, wasm)`"),
        ("import nonsense_of_a_module", "cannot be imported: ModuleNotFoundError"),
        ("async def setup(near, wasm): raise ValueError('no')", "setup() failed: ValueError: no"),
        ("async def setup(near, wasm): return 5", "setup() returned 5: return the contract"),
    ],
)
def test_a_setup_file_that_does_not_work_is_exit_code_3(tmp_path: Path, content: str, told: str) -> None:
    setup = tmp_path / "setup.py"
    setup.write_text(content)
    result = run(BANK, "--setup", setup)
    assert (result.exit_code, result.stdout) == (3, "")
    assert told in result.stderr


def test_rules_are_listed_and_explained() -> None:
    listed = run("--list").stdout
    table = (CONTRACTS.parents[1] / "docs" / "audit.md").read_text()
    for rule in RULES:
        assert f"{rule.id}  {rule.name}" in listed
        assert f"| [{rule.id}](rules/{rule.id}.md) | {rule.question} |" in table
        page = run("--explain", rule.name).stdout
        assert page.startswith(f"# {rule.id}: ") and f"`{rule.name}`" in page
        for part in ("## What", "## Why", "## Bad", "## Good"):
            assert part in page, (rule.id, part)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    result = run(POOL, *FEW, "--output", tmp_path / "no" / "report.txt", "--scripts", tmp_path / "scripts")
    assert result.exit_code == 3
    assert f"report.txt: there is no folder {tmp_path / 'no'}" in result.stderr
    assert list(tmp_path.iterdir()) == []  # before anything was done


def test_a_baseline_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    result = run(POOL, *FEW, "--baseline", tmp_path / "no" / "known.json", "--write-baseline")
    assert result.exit_code == 3
    assert "known.json: there is no folder" in result.stderr


def test_what_the_system_refuses_is_told(tmp_path: Path) -> None:
    result = run(POOL, *FEW, "--output", tmp_path / ("x" * 300))
    assert result.exit_code == 3
    assert "File name too long" in result.stderr
