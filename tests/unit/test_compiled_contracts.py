"""The compiled contracts are what their manifest says, fit their sources, and offer the methods that tests call."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

if TYPE_CHECKING:
    from types import ModuleType

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
COMPILED = CONTRACTS / "compiled"
TESTED = Path(os.environ.get("NEAR_HARNESS_CONTRACTS") or COMPILED)
ZSTANDARD_MAGIC = bytes.fromhex("28b52ffd")

# Every method of some, with its kind and its modifiers. `contract_source_metadata` comes from near-sdk.
METHODS = {
    "bank": {
        "bring_back": "call private",
        "contract_source_metadata": "view",
        "credit_of": "view",
        "deposit_and_stake": "call payable",
        "deposit_and_stake_racy": "call payable",
        "deposit_and_stake_wrong": "call payable",
        "new": "call init private",
        "on_staked": "call private",
        "on_staked_racy": "call private",
        "on_staked_with": "view private",
        "on_staked_wrong": "call private",
        "on_withdrawn": "call private",
        "staked_with": "call",
        "total_credit": "view",
        "withdraw": "call",
    },
    "callback_results": {
        "call_three": "call",
        "call_three_open": "call",
        "call_three_typed": "call",
        "contract_source_metadata": "view",
        "count": "call",
        "count_and_maybe_fail": "call",
        "counter": "view",
        "last_report": "view",
        "on_three_results": "call private",
        "on_three_results_open": "call",
        "on_three_typed": "call private",
        "return_number": "view",
        "return_text": "view",
    },
    "deposit_demo": {
        "accept": "call payable",
        "accepted": "view",
        "contract_source_metadata": "view",
        "forgets": "call payable",
        "give_back": "call private",
        "gives_back": "call payable",
        "gives_back_with_too_little_gas": "call payable",
        "on_done": "call private",
        "refuse": "call payable",
    },
    "orders": {
        "contract_source_metadata": "view",
        "order": "view",
        "place": "call",
        "place_json": "call",
        "replace": "call",
    },
    "staking_pool": {
        "contract_source_metadata": "view",
        "deposit_and_stake": "call payable",
        "get_account_staked_balance": "view",
        "get_account_unstaked_balance": "view",
        "get_total_staked_balance": "view",
        "is_paused": "view",
        "new": "call init private",
        "set_paused": "call",
        "unstake": "call",
        "withdraw": "call",
    },
}

described = pytest.mark.parametrize("name", sorted(METHODS))


def builder(module: str) -> ModuleType:
    """Import a module of contracts/builder, which is not part of the package."""
    package = "near_harness_contract_builder"
    if package not in sys.modules:
        folder = CONTRACTS / "builder"
        spec = importlib.util.spec_from_file_location(package, folder / "__init__.py", submodule_search_locations=[str(folder)])
        assert spec is not None and spec.loader is not None
        sys.modules[package] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[package])
    return importlib.import_module(f"{package}.{module}")


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def abi(name: str) -> dict[str, Any]:
    return json.loads((TESTED / f"{name}.abi.json").read_text(encoding="utf-8"))


def functions(name: str) -> list[dict[str, Any]]:
    return abi(name)["body"]["functions"]


def test_the_sources_have_not_changed_since_the_contracts_were_compiled() -> None:
    assert manifest(COMPILED)["sources_sha256"] == builder("sources").sha256(), (
        "contracts/compiled is stale: run scripts/contracts and commit the result"
    )


def test_a_changed_source_changes_the_hash_but_its_line_ends_do_not(tmp_path: Path) -> None:
    sources = builder("sources")
    for file in sources.files():
        copy = tmp_path / file.relative_to(CONTRACTS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    assert sources.sha256(tmp_path) == sources.sha256()

    changed = tmp_path / "bank" / "src" / "lib.rs"
    unix = changed.read_bytes()
    changed.write_bytes(unix.replace(b"\n", b"\r\n"))
    assert sources.sha256(tmp_path) == sources.sha256()

    changed.write_bytes(unix.replace(b"take_credit", b"give_credit"))
    assert sources.sha256(tmp_path) != sources.sha256()


def test_every_contract_is_compiled_and_nothing_else_is_there() -> None:
    names = {contract.name for contract in builder("sources").contracts()}
    assert names >= METHODS.keys()
    assert manifest(TESTED)["contracts"].keys() == names
    expected = {"manifest.json"} | {f"{name}.{kind}" for name in names for kind in ("wasm", "abi.json")}
    assert {file.name for file in TESTED.iterdir()} == expected


def test_the_files_have_the_hashes_of_the_manifest() -> None:
    for entry in (entry for files in manifest(TESTED)["contracts"].values() for entry in files.values()):
        content = (TESTED / entry["file"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (entry["size"], entry["sha256"])


@described
def test_the_wasm_exports_exactly_the_methods_and_the_abi(name: str) -> None:
    exports = builder("interface").read((TESTED / f"{name}.wasm").read_bytes()).exports
    assert exports == set(METHODS[name]) | {"__contract_abi"}


@described
def test_the_abi_says_what_each_method_is(name: str) -> None:
    kinds = {function["name"]: " ".join([function["kind"], *function.get("modifiers", [])]) for function in functions(name)}
    assert kinds == METHODS[name]


@described
def test_the_abi_documents_each_method(name: str) -> None:
    undocumented = [function["name"] for function in functions(name) if not function.get("doc")]
    assert undocumented == ["contract_source_metadata"]


@described
def test_the_embedded_abi_is_the_one_beside_it(name: str) -> None:
    wasm = (TESTED / f"{name}.wasm").read_bytes()
    compressed = wasm[wasm.index(ZSTANDARD_MAGIC) :]
    embedded = zstandard.ZstdDecompressor().decompressobj().decompress(compressed)
    assert json.loads(embedded) == abi(name)


@described
def test_no_path_of_the_machine_that_compiled_it_is_in_the_wasm(name: str) -> None:
    wasm = (TESTED / f"{name}.wasm").read_bytes()
    for trace in (b"/root/", b"/home/", b"/Users/", b"registry/src", b".cargo"):
        assert trace not in wasm, trace


def test_a_file_that_is_no_wasm_is_named_as_such() -> None:
    machine = builder("machine")
    read = builder("interface").read
    with pytest.raises(machine.BuildError, match="not a wasm module"):
        read(b"PK\3\4 something else")
    whole = (TESTED / "bank.wasm").read_bytes()
    with pytest.raises(machine.BuildError, match="ends too early"):
        read(whole[: len(whole) // 2])


@pytest.mark.skipif(shutil.which("cargo") is None, reason="contracts are built with cargo, which is not here")
def test_a_tree_never_takes_what_another_tree_has_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compilation, sources = builder("compilation"), builder("sources")
    monkeypatch.setattr(compilation, "cache_dir", lambda: tmp_path / "cache")
    compilation.target_dir().mkdir(parents=True)

    def built(name: str, *, hours_old: int) -> str:
        tree = tmp_path / name
        source = tree / "one" / "src" / "main.rs"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(f'fn main() {{ print!("{name}") }}')
        (tree / "Cargo.toml").write_text('[workspace]\nmembers = ["one"]\nresolver = "2"\n')
        (tree / "one" / "Cargo.toml").write_text('[package]\nname = "one"\nversion = "0.1.0"\n')
        (tree / "Cargo.lock").write_text('version = 4\n\n[[package]]\nname = "one"\nversion = "0.1.0"\n')
        when = source.stat().st_mtime - hours_old * 3600
        for file in tree.rglob("*"):
            os.utime(file, (when, when))
        monkeypatch.setattr(sources, "CONTRACTS", tree)
        compilation.take_over(SimpleNamespace(cargo="cargo", env={}))
        environ = {**os.environ, "CARGO_TARGET_DIR": str(compilation.target_dir())}
        done = subprocess.run(["cargo", "run", "--quiet"], cwd=tree, env=environ, capture_output=True, text=True, check=True)  # noqa: S607
        return done.stdout

    assert [built("first", hours_old=0), built("second", hours_old=2), built("first", hours_old=3)] == [
        "first",
        "second",
        "first",
    ]
