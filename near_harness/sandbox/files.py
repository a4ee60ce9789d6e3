"""The files of a node's home folder: ``genesis.json``, ``config.json``, ``node_key.json``, ``validator_key.json``."""

from __future__ import annotations

import json
import os
import random
import string
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from near_harness.errors import InvalidSetting, NodeError
from near_harness.keys import KeyPair
from near_harness.nodes.engine import FAST_EPOCH, SLOW_EPOCH, load_engine

GENESIS = "genesis.json"
CONFIG = "config.json"
NODE_KEY = "node_key.json"
VALIDATOR_KEY = "validator_key.json"

DEFAULT_ACCOUNT = "test.near"


class BrokenHome(NodeError):
    """A file of the home folder is missing, or is not what it should be."""


@dataclass(frozen=True)
class Choices:
    """What ``init`` was asked for."""

    fast: bool = False
    chain_id: str | None = None
    account_id: str | None = None
    test_seed: str | None = None
    protocol_version: int = 86


def create(home: Path, choices: Choices) -> None:
    """Write a home folder for a chain of one validator.

    :raises BrokenHome: where there is one already: a chain is never overwritten.
    :raises InvalidSetting: for an account id or a protocol version that the engine refuses.
    """
    if (home / CONFIG).exists() or (home / GENESIS).exists():
        raise BrokenHome(f"{home} has been initialised already: remove {CONFIG} and {GENESIS}, or choose another --home")
    engine = load_engine()
    account_id = choices.account_id or DEFAULT_ACCOUNT
    # A seed names the key in a way that anyone can repeat; without one nobody else knows it.
    seed = choices.test_seed if choices.test_seed is not None else _random_text(32)
    try:
        genesis = engine.sandbox_genesis(
            account_id=account_id,
            seed=seed,
            chain_id=choices.chain_id or f"test-chain-{_random_text(5)}",
            protocol_version=choices.protocol_version,
            epoch_length=FAST_EPOCH if choices.fast else SLOW_EPOCH,
        )
    except engine.EngineError as error:
        raise InvalidSetting(str(error)) from error
    try:
        home.mkdir(parents=True, exist_ok=True)
        _write(home / GENESIS, json.loads(genesis))
        _write(home / CONFIG, config(fast=choices.fast))
        _write(home / NODE_KEY, _key_file("node", KeyPair.random()), secret=True)
        _write(home / VALIDATOR_KEY, _key_file(account_id, KeyPair.from_seed(seed)), secret=True)
    except OSError as error:
        raise BrokenHome(f"cannot write to {home}: {error.strerror or error}") from error


def _random_text(length: int) -> str:
    source = random.SystemRandom()
    return "".join(source.choice(string.ascii_letters + string.digits) for _ in range(length))


def _key_file(account_id: str, key: KeyPair) -> dict[str, str]:
    return {"account_id": account_id, "public_key": key.public_key, "secret_key": key.secret_key}


def _write(path: Path, content: Any, *, secret: bool = False) -> None:
    # The mode is given when the file is made, so that a secret is never readable in between.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if secret else 0o644)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")


def config(*, fast: bool) -> dict[str, Any]:
    """Return what ``config.json`` says by default: the settings that this node knows, in their places in nearcore's file."""
    shortest, longest = ((0, 120_000_000), (0, 500_000_000)) if fast else ((0, 600_000_000), (2, 0))
    return {
        "genesis_file": GENESIS,
        "genesis_records_file": None,
        "validator_key_file": VALIDATOR_KEY,
        "node_key_file": NODE_KEY,
        "rpc": {
            "addr": "0.0.0.0:3030",
            "prometheus_addr": None,
            "cors_allowed_origins": ["*"],
            "polling_config": {"polling_interval": _duration(0, 200_000_000), "polling_timeout": _duration(10, 0)},
            "limits_config": {"json_payload_max_size": 10 * 1024 * 1024},
            "enable_debug_rpc": False,
        },
        "network": {"addr": "0.0.0.0:24567", "boot_nodes": ""},
        "consensus": {
            "min_num_peers": 0,
            "min_block_production_delay": _duration(*shortest),
            "max_block_production_delay": _duration(*longest),
            "produce_empty_blocks": True,
        },
        "telemetry": {"endpoints": []},
        "store": {"max_open_files": 10_000},
        "archive": True,
        "max_gas_burnt_view": None,
    }


def _duration(seconds: int, nanoseconds: int) -> dict[str, int]:
    return {"secs": seconds, "nanos": nanoseconds}


def read_json(path: Path) -> Any:
    """Read a JSON file of the home folder.

    :raises BrokenHome: where it is missing or no JSON; the text says where.
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise BrokenHome(f"{path} does not exist: make it with 'near-harness-sandbox --home {path.parent} init'") from None
    except OSError as error:
        raise BrokenHome(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise BrokenHome(f"{path} is no JSON: {error}") from None
