"""Writing a bundle: the path of steps as JSON, contracts by hash, the keys of tests, within a limit of size."""

from __future__ import annotations

import base64
import hashlib
import json
import platform
import re
import zlib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from near_harness.bundles import actions
from near_harness.bundles.form import CHAIN, SCHEMA, SCRIPT, SIGNED, VERSION, Bundle
from near_harness.bundles.history import MOST_STEPS, Step
from near_harness.bundles.privacy import without_private_things
from near_harness.bundles.script import script
from near_harness.errors import BadInput, HarnessError
from near_harness.keys import KeyPair
from near_harness.nodes.engine import load_engine
from near_harness.version import __version__

if TYPE_CHECKING:
    from near_harness.near import Near

DEFAULT_LIMIT_MB = 20
"""Issue trackers take attachments up to about 25 MB."""
_FAILURE_CHARACTERS = 20_000
_KEYS_NOTE = "keys of a test chain, made by tests: whoever has this file has them; never use them on a public network"
_README = """A bundle of near-harness: what a test did to its chain, to be done again on any kind of node.

    pip install 'near-harness[engine]'
    near-harness replay THIS_FILE.zip
    near-harness replay THIS_FILE.zip --near-node docker

bundle.json says what was done, and what came of it; contracts/ holds the contracts by their hashes; replay.py is the same as a
plain script. The keys in it are those of a test chain. Folders, addresses, environment variables and host names are not in it.
"""


def write_bundle(
    near: Near,
    folder: Path,
    *,
    test: Mapping[str, Any],
    newest: Step | None,
    stays: frozenset[str] = frozenset(),
    limit_mb: float = DEFAULT_LIMIT_MB,
) -> Path:
    """Write a bundle and the script beside it, and return the bundle's path.

    ``test`` has ``id``, ``phase``, ``failed`` and ``failure``. ``stays`` are accounts to which other tests have sent something
    that is still on the chain (:attr:`History.stays`).
    """
    bundle = bundle_of(near, test=test, newest=newest, stays=stays)
    bundle = _within(bundle, int(limit_mb * 1_000_000))
    path = folder / f"{_name(str(test['id']), near.node.kind)}.zip"
    text = script(bundle.content, path.name)
    bundle.write(path, {SCRIPT: text, "README.txt": _README})
    path.with_suffix(".py").write_text(text, encoding="utf-8")
    return path


def bundle_of(near: Near, *, test: Mapping[str, Any], newest: Step | None, stays: frozenset[str] = frozenset()) -> Bundle:
    """Put a bundle together."""
    path = list(reversed(list(newest.path()))) if newest is not None else []
    codes: dict[str, bytes] = {}
    left_out: list[str] = []
    steps = [_step(step, codes, left_out) for step in path]
    if near.history.left_out:
        left_out.append(f"{near.history.left_out} steps after the first {MOST_STEPS}")
    touched = stays & {step.content["receiver"] for step in path if step.kind == "transaction"}
    if touched:
        left_out.append(f"what other tests sent to {', '.join(sorted(touched))}: the node cannot go back, so it was there")
    chain = next((step.content["chain"] for step in path if step.kind == "load"), None)
    records = None if chain is None else [_record(record, codes) for record in _state(chain, near.node.protocol_version)]
    content = {
        "schema": f"{SCHEMA}@{VERSION}",
        "made_by": {name: _version(name) for name in ("near-harness", "near-harness-engine", "py-near", "pytest")}
        | {"python": platform.python_version()},
        "test": {
            **test,
            "id": without_private_things(str(test["id"])),
            "failure": without_private_things(str(test.get("failure", "")))[:_FAILURE_CHARACTERS],
        },
        "node": _node(near),
        "start": _start(near, path),
        "keys_note": _KEYS_NOTE,
        "keys": _keys(near, path, steps, left_out),
        "contracts": {name: {"bytes": len(code)} for name, code in codes.items()},
        "steps": steps,
        "left_out": left_out,
    }
    return Bundle(content, codes, chain, records)


def _state(saved: bytes, protocol_version: int) -> list[dict[str, Any]]:
    """The records of a saved chain."""
    engine = load_engine()
    chain = engine.Chain(engine.sandbox_genesis(protocol_version=protocol_version))
    chain.restore(chain.load(saved)[0])
    found: list[dict[str, Any]] = json.loads(chain.records())
    return found


def _step(step: Step, codes: dict[str, bytes], left_out: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"n": step.number, "kind": step.kind}
    if step.beside:
        found["beside"] = sorted(other.number for other in step.beside)
    content = dict(step.content)
    if step.kind in SIGNED:
        content.pop("called", None)
        found["key"] = step.key.public_key
        try:
            content["actions"] = actions.to_json(content["actions"], codes)
        except BadInput as error:
            content["actions"] = None
            left_out.append(f"the actions of step {step.number}: {error}")
    elif step.kind == "patch":
        content["records"] = [_record(record, codes) for record in content["records"]]
    elif step.kind == "root":
        content["balance"] = str(int(content["balance"]))
    elif step.kind == "load":
        content.pop("chain")
    elif step.kind == "view":
        content["args"] = base64.b64encode(content["args"]).decode()
    found |= {name: value for name, value in content.items() if value is not None or name == "actions"}
    if step.seen is not None:
        found["seen"] = step.seen
    return found


def _record(record: Mapping[str, Any], codes: dict[str, bytes]) -> dict[str, Any]:
    """A record of a patch, its contract by hash."""
    if "Contract" not in record:
        return dict(record)
    code = base64.b64decode(record["Contract"]["code"])
    name = actions.code_hash(code)
    codes[name] = code
    return {"Contract": {**record["Contract"], "code": name}}


def _node(near: Near) -> dict[str, Any]:
    node = near.node
    found: dict[str, Any] = {"kind": node.kind, "protocol_version": node.protocol_version, "root": node.root_account_id}
    try:
        status = node.rpc.call("status", [])
    except HarnessError:  # it may be what has failed
        return found
    return {**found, "version": status["version"]["version"], "build": status["version"]["build"], "chain_id": status["chain_id"]}


def _start(near: Near, path: list[Step]) -> dict[str, Any]:
    if path and path[0].kind == "load":
        return {"from": CHAIN}
    time_ns = getattr(near.node, "genesis_time_ns", None)
    if time_ns is not None:
        return {"from": "genesis", "time_ns": time_ns}
    return {"from": "a running node" if near.node.kind == "remote" else "genesis"}


def _keys(near: Near, path: list[Step], steps: list[dict[str, Any]], left_out: list[str]) -> dict[str, Any]:
    """Each key that signs, by its public key: as the seed that it is made from, or where a test made it, as itself."""
    found: dict[str, Any] = {}
    added = {
        action["AddKey"]["public_key"]
        for step in steps
        for action in step.get("actions") or ()
        if isinstance(action, dict) and "AddKey" in action
    } | {
        record["AccessKey"]["public_key"] for step in steps for record in step.get("records") or () if "AccessKey" in record
    }  # fmt: skip
    for step in path:
        if step.kind not in SIGNED or step.key.public_key in found:
            continue
        signer, key = step.content["signer"], step.key
        if KeyPair.from_seed(signer).public_key == key.public_key:
            found[key.public_key] = {"account": signer, "seed": signer}
        elif key.public_key in added and near.node.kind != "remote":
            found[key.public_key] = {"account": signer, "secret_key": key.secret_key}
        elif signer == near.node.root_account_id:
            found[key.public_key] = {"account": signer, "of_the_node": True}
        else:
            found[key.public_key] = {"account": signer, "left_out": True}
            left_out.append(f"the key of {signer}: no test made it")
    return found


def _within(bundle: Bundle, limit: int) -> Bundle:
    """Leave out what is largest until the rest is within the limit: contracts first, then what came of the oldest steps."""
    sizes = {name: len(zlib.compress(code)) for name, code in bundle.codes.items()}
    rest = _size(bundle.content) + _size(bundle.records) + len(zlib.compress(bundle.chain or b""))
    codes, left_out = dict(bundle.codes), list(bundle.content["left_out"])
    contracts = {name: dict(about) for name, about in bundle.content["contracts"].items()}
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        if rest + sum(sizes[kept] for kept in codes) <= limit:
            break
        del codes[name]
        contracts[name]["left_out"] = True
        left_out.append(f"the contract {name} ({contracts[name]['bytes']:,} bytes): give it with --contract FILE")
    content = {**bundle.content, "contracts": contracts, "left_out": left_out}
    if _size(content) > limit:
        content["steps"] = []
        left_out.append(f"all {len(bundle.steps)} steps: they are larger than {limit:,} bytes")
        return Bundle(content)
    return Bundle(content, codes, bundle.chain, bundle.records)


def _size(content: Any) -> int:
    return len(zlib.compress(json.dumps(content).encode()))


def _name(test: str, kind: str) -> str:
    """A name for the files: readable, and the same each time for the same test on the same kind of node."""
    readable = re.sub(r"[^\w-]+", "-", test.rpartition("::")[2])[:60].strip("-") or "test"
    return f"{readable}-{hashlib.sha256(f'{test} {kind}'.encode()).hexdigest()[:8]}"


def _version(package: str) -> str | None:
    if package == "near-harness":
        return __version__
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
