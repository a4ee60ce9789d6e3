"""What users get wrong: each command says what is wrong, where, and what to do, in a line and without a traceback."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from near_harness.cli import main

if TYPE_CHECKING:
    from cli.conftest import InTurn

_HASH = "8b7Zx3mC4vQkP2nT9wYhRfGdSaJuEeLoKiMcVbNxZqW1"
_WRONG: list[tuple[list[str], int, str]] = [
    (["replay", "missing.zip"], 3, "BundleError: missing.zip cannot be read: No such file"),
    (["replay", "folder"], 3, "BundleError: folder is no bundle of near-harness: there is no bundle.json in it"),
    (["replay", "bytes"], 3, "BundleError: bytes is no bundle, or a damaged one: File is not a zip file"),
    (["replay", "bytes", "--json"], 3, "BundleError: bytes is no bundle"),
    (["replay", "text.zip"], 3, "BundleError: text.zip is damaged: bundle.json is no JSON"),
    (["replay", "newer.zip"], 3, "BundleError: newer.zip is of version 99; near-harness "),
    (["replay", "part.zip"], 3, "BundleError: part.zip is damaged: test is no object"),
    (["replay", "BUNDLE", "--near-node", "moon"], 3, "UnknownNodeKind: unknown kind of node 'moon'"),
    (["replay", "BUNDLE", "--near-node", "http://"], 3, "is no address of a node: write http://HOST:PORT"),
    (["replay", "BUNDLE", "--near-node", "binary:/nowhere"], 3, "BinaryMissing: /nowhere"),
    (["replay", "BUNDLE", "--near-port", "99999"], 3, "InvalidSetting: port '99999' (--near-port)"),
    (["replay", "BUNDLE", "--near-protocol", "1"], 3, "InvalidSetting: protocol version 1: the engine runs"),
    (["replay", "BUNDLE", "--contract", "missing.wasm"], 3, "BundleError: missing.wasm cannot be read"),
    (["trace", "missing.json"], 3, "TraceError: 'missing.json' is no file, and holds no transaction hashes"),
    (["trace", "bytes"], 3, "TraceError: bytes cannot be read: it is no text"),
    (["trace", "empty"], 3, "TraceError: empty is no JSON"),
    (["trace", _HASH], 3, "InvalidSetting: a transaction's hash needs --rpc URL"),
    (["trace", _HASH, "--rpc", "somewhere", "--sender", "a.near"], 3, "InvalidSetting: 'somewhere' is no address of a node"),
    (["trace", _HASH, "--rpc", "http://127.0.0.1:99999", "--sender", "a.near"], 3, "is no address of a node: Port out of range"),
    (["trace", _HASH, "--rpc", "http://127.0.0.1:9", "--sender", "BAD ID"], 3, "InvalidAccountId: account id 'BAD ID'"),
    (["trace", _HASH, "--rpc", "http://127.0.0.1:9", "--sender", "a.near", "--header", "x"], 3, "header 1 (--header or NEAR_"),
    (
        ["trace", _HASH, "--rpc", "http://127.0.0.1:9", "--sender", "a.near"],
        3,
        "NodeUnreachable: http://127.0.0.1:9 does not answer",
    ),
    (["gas", "show"], 3, "BadInput: gas file .near-gas: No such file or directory; write it with --near-gas-update"),
    (["gas", "show", "folder"], 2, "File 'folder' is a directory"),
    (["gas", "show", "bytes"], 3, "BadInput: gas file bytes is no text"),
    (["gas", "diff", "text"], 3, "BadInput: gas file text, line 1: 'no json' is no test, method and gas"),
    (["audit", "missing.wasm"], 2, "File 'missing.wasm' does not exist"),
    (["audit", "text"], 3, "InvalidContractCode: contract text is no WebAssembly module"),
    (["audit", "BANK", "--args", "{", "--init", "new"], 2, "the arguments of new: '{' is no JSON"),
    (["audit", "BANK", "--with", "other"], 2, "'other': write NAME=FILE.wasm"),
    (["audit", "BANK", "--with", "A B=BANK"], 2, "'A B=BANK': write NAME=FILE.wasm"),
    (["audit", "BANK", "--call", "withdraw", "{}", "much"], 2, "'much' cannot be read: write an amount"),
    (["audit", "BANK", "--rule", "NH999"], 2, "there is no rule 'NH999'; there are NH001"),
    (["audit", "BANK", "--setup", "text"], 3, "CannotAudit: text is no Python file"),
    (["audit", "BANK", "--baseline", "bytes"], 2, "baseline bytes is no baseline of an audit"),
    (["init", "missing"], 3, "NoContract: missing is no folder"),
    (["init", "folder"], 3, "NoContract: folder holds no contract"),
    (["init", "broken"], 3, "NoContract: broken/Cargo.toml cannot be read"),
    (["explain"], 2, "give a CODE, or --list"),
    (["explain", "NotEnoughMoney"], 3, "NothingKnown: nothing is known of 'NotEnoughMoney': did you mean Not"),
    (["node", "run", "--near-port", "0"], 2, "Invalid value for '--near-port'"),
    (["node", "run", "--account-id", "BAD ID"], 3, "InvalidAccountId: account id 'BAD ID'"),
    (["node", "run", "--near-protocol", "3"], 3, "InvalidSetting: protocol version 3"),
    (["demo", "--width", "3"], 2, "Invalid value for '--width'"),
    (["demo", "--near-node", "remote"], 3, "InvalidSetting: node kind 'remote': give the address itself"),
    (["completion", "ksh"], 2, "'ksh' is not one of 'bash', 'zsh', 'fish'"),
    (["gas"], 2, "Usage: near-harness gas"),
]


def _zip(path: Path, content: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bundle.json", content)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Files and folders that are not what they should be."""
    (tmp_path / "bytes").write_bytes(b"\xfe\xff\x00 no text")
    (tmp_path / "text").write_text("no json")
    (tmp_path / "empty").write_text("")
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "Cargo.toml").write_text("[package")
    _zip(tmp_path / "text.zip", b"\xff no json")
    _zip(tmp_path / "newer.zip", json.dumps({"schema": "near_harness/bundle@99"}).encode())
    _zip(tmp_path / "part.zip", json.dumps({"schema": "near_harness/bundle@1", "steps": []}).encode())
    return tmp_path


def test_what_is_wrong_is_said(in_turn: InTurn, files: Path, contracts: Path) -> None:
    named = {"BUNDLE": str(Path(__file__).parents[1] / "data/bundles/1/name_space.zip"), "BANK": str(contracts / "bank.wasm")}
    done = in_turn(*([named.get(word, word) for word in command] for command, _, _ in _WRONG), cwd=files)
    wrong = [
        (command, one.code, one.err)
        for (command, code, text), one in zip(_WRONG, done, strict=True)
        if one.code != code or text not in one.err or one.out or "Traceback" in one.err
    ]
    assert wrong == []


def test_each_command_is_listed_with_a_whole_sentence() -> None:
    def lists(group: click.Group) -> list[str]:
        context = click.Context(group)
        found = []
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            found.append(command.get_short_help_str(60))
            found += lists(command) if isinstance(command, click.Group) else []
        return found

    listed = lists(main)
    assert [one for one in listed if not one.endswith(".") or one.endswith("...")] == []
