"""``near-harness init``: what it writes into contract repositories runs, and what is there stays."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.conftest import Cli

_CRATE = """\
[package]
name = "{name}"
version = "0.1.0"
edition = "2021"

[lib]
crate-type = ["cdylib"]

[dependencies]
near-sdk = "5"
"""
_PACKAGE = {
    "name": "hello-near",
    "scripts": {"build": "near-sdk-js build src/contract.js build/hello_near.wasm", "test": "ava"},
    "dependencies": {"near-sdk-js": "2.0.0"},
}
WRITTEN = ["tests/conftest.py", "tests/test_bank.py", ".github/workflows/near-harness.yml", "pyproject.toml"]


@pytest.fixture
def rust(tmp_path: Path, contracts: Path) -> Path:
    """A repository of one Rust contract, built as cargo-near builds it."""
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text(_CRATE.format(name="bank"))
    (tmp_path / "target" / "near" / "bank").mkdir(parents=True)
    shutil.copy(contracts / "bank.wasm", tmp_path / "target" / "near" / "bank" / "bank.wasm")
    return tmp_path


def _pytest(folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("NEAR_", "PYTEST_")) or key == "NEAR_HARNESS_CACHE"
    }
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", "-q"]
    return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603


def test_a_rust_contract_gets_tests_that_run(cli: Cli, rust: Path) -> None:
    done = cli("init", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["language"], told["contracts"], told["written"]) == ("rust", ["bank"], WRITTEN)
    assert told["next"] == ["pip install 'near-harness[engine]'", "pytest"]
    text = (rust / "tests" / "test_bank.py").read_text()
    assert "assert await bank.view(\"total_credit\") == '0'" in text

    ran = _pytest(rust)
    assert ran.returncode == 0, ran.stdout
    assert "3 passed" in ran.stdout


def test_the_tests_fail_where_the_contract_is_another(cli: Cli, rust: Path, contracts: Path) -> None:
    cli("init")
    wasm = rust / "target" / "near" / "bank" / "bank.wasm"
    shutil.copy(contracts / "staking_pool.wasm", wasm)
    ran = _pytest(rust)
    assert "test_total_credit_at_the_beginning" in ran.stdout
    assert ran.returncode == 1
    assert list((rust / ".near" / "bundles").glob("*.zip"))
    wasm.unlink()
    ran = _pytest(rust)
    assert ran.returncode == 1
    assert "the contract is not built yet: cargo near build non-reproducible-wasm" in ran.stdout


def test_a_contract_that_begins_with_arguments_says_which(cli: Cli, rust: Path, contracts: Path) -> None:
    shutil.copy(contracts / "savings_bad.wasm", rust / "target" / "near" / "bank" / "bank.wasm")
    done = cli("init", "--json")
    line = 'init="new", args={"clerk": …}'
    assert json.loads(done.stdout)["notes"] == [f"bank is not initialised by its fixture: add {line} in tests/conftest.py"]
    assert f"# Most methods want it initialised: near.deploy(…, {line})\n" in (rust / "tests" / "conftest.py").read_text()
    assert "2 passed" in _pytest(rust).stdout


def test_what_is_there_stays(cli: Cli, rust: Path) -> None:
    cli("init")
    before = {path: path.read_text() for path in rust.rglob("*.py")}
    (rust / "tests" / "test_bank.py").write_text("# mine\n")
    again = cli("init")
    assert again.returncode == 0
    assert "kept     tests/test_bank.py (it was there; --force overwrites it)" in again.stdout
    assert (rust / "tests" / "test_bank.py").read_text() == "# mine\n"
    assert cli("init", "--force").returncode == 0
    assert {path: path.read_text() for path in rust.rglob("*.py")} == before


@pytest.mark.parametrize(("present", "expected"), [
    ("[project]\nname = 'x'\n", ["[project]", "[dependency-groups]", "[tool.pytest.ini_options]"]),
    ("[tool.pytest.ini_options]\naddopts = '-q'\n", ["[tool.pytest.ini_options]", "[dependency-groups]"]),
    ("[dependency-groups]\ndev = []\n\n[tool.pytest.ini_options]\nx = 1\n", ["[dependency-groups]", "[tool.pytest.ini_options]"]),
])  # fmt: skip
def test_settings_are_added_to_those_that_are_there(cli: Cli, rust: Path, present: str, expected: list[str]) -> None:
    path = rust / "pyproject.toml"
    path.write_text(present)
    assert cli("init").returncode == 0
    text = path.read_text()
    assert text.startswith(present)
    assert [line for line in text.splitlines() if line.startswith("[")] == expected


def test_a_javascript_contract_gets_tests_that_run(cli: Cli, tmp_path: Path, contracts: Path) -> None:
    (tmp_path / "package.json").write_text(json.dumps(_PACKAGE))
    done = cli("init")
    assert "contracts (javascript): hello_near" in done.stdout
    assert "  npm run build\n" in done.stdout
    assert "node-version: 20" in (tmp_path / ".github" / "workflows" / "near-harness.yml").read_text()
    assert "not built yet: npm run build" in _pytest(tmp_path).stdout

    (tmp_path / "build").mkdir()
    shutil.copy(contracts / "deposit_demo.wasm", tmp_path / "build" / "hello_near.wasm")
    ran = _pytest(tmp_path)
    assert ran.returncode == 0, ran.stdout
    assert "2 passed" in ran.stdout


def test_a_workspace_of_contracts(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text('[workspace]\nmembers = ["contracts/*"]\n')
    for name in ("first-one", "second"):
        (tmp_path / "contracts" / name).mkdir(parents=True)
        (tmp_path / "contracts" / name / "Cargo.toml").write_text(_CRATE.format(name=name))
    (tmp_path / "contracts" / "tool").mkdir()
    (tmp_path / "contracts" / "tool" / "Cargo.toml").write_text('[package]\nname = "tool"\n')
    told = json.loads(cli("init", "--json").stdout)
    assert told["contracts"] == ["first_one", "second"]
    assert told["next"][0] == "cargo near build non-reproducible-wasm --manifest-path PATH/Cargo.toml"


@pytest.mark.parametrize(("files", "text"), [
    ({}, "holds no contract: neither a Cargo.toml that depends on near-sdk, nor a package.json"),
    ({"Cargo.toml": '[package]\nname = "tool"\n'}, "holds no contract"),
    ({"Cargo.toml": "not = [toml"}, "Cargo.toml cannot be read"),
    ({"package.json": "{"}, "package.json cannot be read"),
    ({"package.json": '{"dependencies": {"react": "1"}}'}, "holds no contract"),
])  # fmt: skip
def test_folders_without_a_contract(cli: Cli, tmp_path: Path, files: dict[str, str], text: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    done = cli("init")
    assert (done.returncode, done.stdout) == (3, "")
    assert text in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files)


def test_a_folder_that_is_none(cli: Cli) -> None:
    assert "nowhere is no folder" in cli("init", "nowhere").stderr
