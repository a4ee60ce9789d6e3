"""What ``--json`` writes has the schema and the keys that docs/cli.md says, for every command."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import recorded

from near_harness.cli import COMMANDS

if TYPE_CHECKING:
    from cli.conftest import InTurn

_DOCS = Path(__file__).parents[2] / "docs" / "cli.md"
_BUNDLE = Path(__file__).parents[1] / "data" / "bundles" / "2" / "meta_transactions.zip"
_ROW = re.compile(r"^\| `([a-z -]+)` \| `(near_harness/\w+@\d+)` \| (.*) \|$", re.MULTILINE)
_ELSEWHERE = {"explore", "node run", "replay --show"}
"""Their keys are looked at in tests of their own, or told elsewhere."""


def _documented() -> dict[str, tuple[str, list[str]]]:
    text = _DOCS.read_text(encoding="utf-8")
    return {name: (schema, re.findall(r"`(\w+)`", keys)) for name, schema, keys in _ROW.findall(text)}


def test_every_command_is_in_the_table() -> None:
    assert {name.split()[0] for name in _documented()} == set(COMMANDS)


def test_the_keys_are_those_of_the_table(in_turn: InTurn, tmp_path: Path, contracts: Path) -> None:
    answer = recorded.answer(recorded.suite("deposit_and_stake")["steps"][-1]["note"])
    (tmp_path / "tx.json").write_text(json.dumps(answer))
    (tmp_path / "gas").write_text("test\tbank.withdraw\t5\n")
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "shop"\n[dependencies]\nnear-sdk = "5"\n')
    commands = {
        "audit": ["audit", str(contracts / "bank.wasm"), "--tries", "1", "--fail-on", "never", "--rule", "NH008"],
        "completion": ["completion", "bash"],
        "demo": ["demo"],
        "doctor": ["doctor"],
        "explain": ["explain", "GasExceeded"],
        "explain --list": ["explain", "--list"],
        "gas show": ["gas", "show", "gas"],
        "gas diff": ["gas", "diff", "gas", "gas"],
        "init": ["init", "."],
        "replay": ["replay", str(_BUNDLE)],
        "trace": ["trace", "tx.json", "--near-protocol", "86"],
    }
    documented = _documented()
    assert set(documented) - set(commands) == _ELSEWHERE
    for (name, command), done in zip(commands.items(), in_turn(*([*one, "--json"] for one in commands.values())), strict=True):
        assert (done.code, done.err) == (0, ""), (command, done.err)
        told = json.loads(done.out)
        schema, keys = documented[name]
        shown = told["found"][0] if name == "explain" else told
        wanted = keys[1:] if name == "explain" else ["schema", *keys]
        assert (told["schema"], list(shown)) == (schema, wanted), name
