"""``near-harness-sandbox init`` writes what ``near-sandbox init`` writes."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from sandbox_process import command, init

from near_harness.keys import KeyPair


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def test_version() -> None:
    done = command("--version")
    assert done.returncode == 0
    assert "0.1.0" in done.stdout and "86" in done.stdout


def test_the_four_files_and_the_key_of_the_seed(tmp_path: Path) -> None:
    init(tmp_path, "--fast", "--account-id", "root.test", "--test-seed", "seed", "--chain-id", "some-chain")

    key = read(tmp_path / "validator_key.json")
    assert (key["account_id"], key["public_key"]) == ("root.test", KeyPair.from_seed("seed").public_key)
    assert key["secret_key"] == KeyPair.from_seed("seed").secret_key
    assert read(tmp_path / "node_key.json")["account_id"] == "node"
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("node_key.json", "validator_key.json")} == {0o600}

    genesis = read(tmp_path / "genesis.json")
    assert (genesis["chain_id"], genesis["protocol_version"], genesis["epoch_length"]) == ("some-chain", 86, 60)
    assert genesis["total_supply"] == str(2_050_000_000 * 10**24)
    accounts = {
        record["Account"]["account_id"]: record["Account"]["account"] for record in genesis["records"] if "Account" in record
    }
    assert accounts["root.test"]["amount"] == str(10**9 * 10**24)
    assert accounts["root.test"]["locked"] == str(50_000_000 * 10**24)
    assert accounts["near"]["amount"] == str(10**9 * 10**24)

    config = read(tmp_path / "config.json")
    assert config["rpc"]["limits_config"]["json_payload_max_size"] == 10 * 1024 * 1024
    assert config["store"]["max_open_files"] > 0


def test_without_options_the_account_is_test_near_and_the_rest_is_random(tmp_path: Path) -> None:
    init(tmp_path / "one")
    init(tmp_path / "other")

    one, other = (read(tmp_path / name / "genesis.json") for name in ("one", "other"))
    assert one["chain_id"].startswith("test-chain-") and one["chain_id"] != other["chain_id"]
    assert one["epoch_length"] == 500
    keys = [read(tmp_path / name / "validator_key.json") for name in ("one", "other")]
    assert keys[0]["account_id"] == "test.near"
    assert keys[0]["public_key"] != keys[1]["public_key"]


@pytest.mark.parametrize("version", ["84", "87"])
def test_the_environment_chooses_the_protocol_version(tmp_path: Path, version: str) -> None:
    init(tmp_path, environ={"NEAR_HARNESS_PROTOCOL_VERSION": version})
    assert read(tmp_path / "genesis.json")["protocol_version"] == int(version)


@pytest.mark.parametrize(
    ("arguments", "environ", "code", "text"),
    [
        (["init", "--slow"], {}, 2, "--slow"),
        (["dream"], {}, 2, "dream"),
        (["init", "--account-id", "Not Valid"], {}, 1, "Not Valid"),
        (["init"], {"NEAR_HARNESS_PROTOCOL_VERSION": "new"}, 2, "'new'"),
        (["init"], {"NEAR_HARNESS_PROTOCOL_VERSION": "3"}, 1, "3"),
        (["run", "--rpc-addr", "nonsense"], {}, 2, "HOST:PORT"),
        (["run", "--rpc-addr", "127.0.0.1:99999"], {}, 2, "99999"),
        (["run"], {}, 1, "config.json"),
        (["run"], {"RUST_LOG": "sandbox=loud"}, 1, "RUST_LOG: the log filter"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    tmp_path: Path, arguments: list[str], environ: dict[str, str], code: int, text: str
) -> None:
    done = command("--home", str(tmp_path), *arguments, environ=environ)
    assert done.returncode == code
    assert text in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_is_never_overwritten(tmp_path: Path) -> None:
    init(tmp_path)
    before = (tmp_path / "genesis.json").read_bytes()

    done = command("--home", str(tmp_path), "init")

    assert done.returncode == 1
    assert "initialised already" in done.stderr
    assert (tmp_path / "genesis.json").read_bytes() == before
