"""``near-harness init``: what it writes into contract repositories runs, and what is there stays."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from audit.hand_written import Writing

from near_harness.assembly.instructions import call, code, when

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


def _abi(*parameters: str) -> bytes:
    """The ABI of a contract whose ``new`` is private, as cargo-near embeds it."""
    args = [{"name": name, "type_schema": {"type": "string"}} for name in parameters]
    new: dict[str, Any] = {"name": "new", "kind": "call", "modifiers": ["init", "private"]}
    new |= {"params": {"serialization_type": "json", "args": args}} if args else {}
    functions = [new, {"name": "get_started", "kind": "view"}]
    abi = {"schema_version": "0.4.0", "metadata": {}, "body": {"functions": functions, "root_schema": {}}}
    return zstandard.compress(json.dumps(abi).encode())


def _privately_begun(abi: bytes | None) -> bytes:
    """A contract that only its own account, ``bank.sandbox``, may initialise, and that is of no use before."""
    w = Writing()
    says, refuses = call("value_return", *w.data.place(b"true")), call("panic_utf8", *w.data.place(b"not initialised"))
    methods = {
        "new": code(w.require_caller("bank.sandbox"), w.write("begun")),
        "get_started": when(w.has("begun"), says, refuses),
    }
    if abi is not None:
        methods["__contract_abi"] = call("value_return", *w.data.place(abi))
    return w.contract(**methods)


@pytest.mark.parametrize("abi", [_abi(), None], ids=["ABI", "only exports"])
def test_a_private_init_is_called_by_the_contract_s_own_account(cli: Cli, rust: Path, abi: bytes | None) -> None:
    (rust / "target" / "near" / "bank" / "bank.wasm").write_bytes(_privately_begun(abi))
    assert json.loads(cli("init", "--json").stdout)["notes"] == []
    written = (rust / "tests" / "conftest.py").read_text()
    assert 'return await near.deploy(wasm, await near.create_account("bank"), init="new")\n' in written
    assert "    # The account comes first: what initialises the contract is private" in written
    assert 'assert await bank.view("get_started") is True' in (rust / "tests" / "test_bank.py").read_text()
    ran = _pytest(rust)
    assert "3 passed" in ran.stdout, ran.stdout


def test_a_private_init_with_arguments(cli: Cli, rust: Path) -> None:
    (rust / "target" / "near" / "bank" / "bank.wasm").write_bytes(_privately_begun(_abi("owner")))
    line = 'init="new", args={"owner": …}'
    notes = [f"bank is not initialised by its fixture: add {line} in tests/conftest.py"]
    assert json.loads(cli("init", "--json").stdout)["notes"] == notes
    conftest = rust / "tests" / "conftest.py"
    written = conftest.read_text()
    assert f"# Most methods want it initialised: near.deploy(…, {line})\n    # The account comes first" in written
    assert "2 passed" in _pytest(rust).stdout

    completed = written.replace('create_account("bank"))', 'create_account("bank"), init="new", args={"owner": "alice.sandbox"})')
    conftest.write_text(completed)
    (rust / "tests" / "test_begun.py").write_text("async def test_it(bank):\n    assert await bank.get_started()\n")
    ran = _pytest(rust)
    assert "3 passed" in ran.stdout, ran.stdout


def test_what_changes_by_itself_is_not_tested(cli: Cli, rust: Path) -> None:
    w = Writing()
    _, digits = w.data.place(b"1" * 4000)
    methods = {
        "get_height": call("value_return", call("block_index"), digits),
        "get_name": call("value_return", *w.data.place(b"7")),
    }
    (rust / "target" / "near" / "bank" / "bank.wasm").write_bytes(w.contract(**methods))
    cli("init")
    text = (rust / "tests" / "test_bank.py").read_text()
    assert 'assert await bank.view("get_name") == 7' in text
    assert "get_height" not in text, "a number with as many digits as there are blocks"


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
    builds = [
        f"cargo near build non-reproducible-wasm --manifest-path contracts/{name}/Cargo.toml" for name in ("first-one", "second")
    ]
    assert told["next"][:2] == builds
    workflow = (tmp_path / ".github" / "workflows" / "near-harness.yml").read_text()
    assert re.findall("- run: (cargo near .*)", workflow) == builds
    assert f"not built yet: {' && '.join(builds)}" in (tmp_path / "tests" / "conftest.py").read_text()


def test_a_workspace_around_a_contract_and_others(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text(_CRATE.format(name="whole") + '[workspace]\nmembers = ["a part"]\n')
    (tmp_path / "a part").mkdir()
    (tmp_path / "a part" / "Cargo.toml").write_text(_CRATE.format(name="part"))
    assert json.loads(cli("init", "--json").stdout)["next"][:2] == [
        "cargo near build non-reproducible-wasm",
        "cargo near build non-reproducible-wasm --manifest-path 'a part/Cargo.toml'",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names of files")
def test_a_folder_whose_name_means_something_in_yaml_and_python(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text('[workspace]\nmembers = ["*"]\n')
    odd = tmp_path / 'a "b": #c'
    odd.mkdir()
    (odd / "Cargo.toml").write_text(_CRATE.format(name="part"))
    (build,) = (line for line in json.loads(cli("init", "--json").stdout)["next"] if line.startswith("cargo"))
    workflow = (tmp_path / ".github" / "workflows" / "near-harness.yml").read_text()
    (written,) = re.findall("- run: (.*cargo near .*)", workflow)
    assert json.loads(written) == build
    conftest = ast.parse((tmp_path / "tests" / "conftest.py").read_text())
    assert build in (ast.get_docstring(conftest) or "")


@pytest.mark.parametrize(("scripts", "builds"), [
    ({"build": "npm run a && npm run b", "a": "near-sdk-js build a.js build/a.wasm"}, ["npm run build"]),
    ({"build:a": "near-sdk-js build a.js build/a.wasm", "build:b": "near-sdk-js build b.js build/b.wasm", "test": "ava"},
     ["npm run build:a", "npm run build:b"]),
])  # fmt: skip
def test_javascript_is_built_by_the_scripts_that_are_there(
    cli: Cli, tmp_path: Path, scripts: dict[str, str], builds: list[str]
) -> None:
    (tmp_path / "package.json").write_text(json.dumps({**_PACKAGE, "scripts": scripts}))
    cli("init")
    workflow = (tmp_path / ".github" / "workflows" / "near-harness.yml").read_text()
    assert re.findall("- run: (npm run .*)", workflow) == builds


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
