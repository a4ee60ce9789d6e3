"""``view-state dump-state``: the newest state as the records of a genesis, from the store, also while the node runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from near_harness.nodes.engine import contract_cache, load_engine
from near_harness.sandbox import files
from near_harness.sandbox.settings import Settings
from near_harness.sandbox.store import DATA, Store

OUTPUT = "output"


def dump(home: Path, *, stream: bool) -> Path:
    """Write the state and return where: ``output.json``, or with ``stream`` a folder ``output``.

    The folder is a home folder itself, with ``records.json`` beside ``genesis.json``.

    :raises BrokenHome: where the home folder or its data cannot be used.
    """
    settings = Settings.read(home)
    genesis = files.read_json(settings.genesis)
    chain = _chain(home, settings.genesis, genesis)
    records = json.loads(chain.records())
    dumped = {**genesis, "total_supply": str(_supply(records)), "records": records}
    try:
        if not stream:
            path = home / f"{OUTPUT}.json"
            path.write_text(json.dumps(dumped))
            return path
        folder = home / OUTPUT
        folder.mkdir(exist_ok=True)
        for name in (files.CONFIG, files.NODE_KEY, files.VALIDATOR_KEY):
            shutil.copyfile(home / name, folder / name)
        (folder / "records.json").write_text(json.dumps(records))
        (folder / files.GENESIS).write_text(json.dumps(dumped))
    except OSError as error:
        raise files.BrokenHome(f"cannot write to {home}: {error.strerror or error}") from error
    return folder


def _chain(home: Path, path: Path, genesis: Any) -> Any:
    engine = load_engine()
    try:
        chain = engine.Chain(json.dumps(genesis), blocks="manual", clock="wall", cache_dir=contract_cache())
    except engine.EngineError as error:
        raise files.BrokenHome(f"{path}: {error}") from error
    if (home / DATA).exists():  # a home without data is at its genesis
        store = Store(home, genesis, read_only=True)
        store.replay_into(chain)
        store.close()
    return chain


def _supply(records: list[dict[str, Any]]) -> int:
    """Return what all accounts have together, in yoctoNEAR."""
    accounts = (record["Account"]["account"] for record in records if "Account" in record)
    return sum(int(account["amount"]) + int(account["locked"]) for account in accounts)
