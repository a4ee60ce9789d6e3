"""The form of a bundle: one zip file, so that it can be attached to an issue as it is.

``bundle.json`` (schema ``near_harness/bundle@2``), ``contracts/<hash>.wasm`` for each contract that is deployed, ``replay.py``
(the script, which also stands beside the file) and ``README.txt``; where the test began with a saved chain ``chain``, and
``records.json``, its state, which outlives the form of saved chains. Nothing is unpacked to the disk; files of other names are
not looked at.
"""

from __future__ import annotations

import json
import re
import secrets
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from near_harness.bundles.actions import code_hash
from near_harness.errors import BadInput
from near_harness.version import __version__

SCHEMA = "near_harness/bundle"
VERSION = 2
"""What is written. Version 1 has no steps ``delegate``."""
CONTENT = "bundle.json"
CHAIN = "chain"
RECORDS = "records.json"
SCRIPT = "replay.py"
_MOST_BYTES = 1 << 29
"""What a bundle may hold unpacked: far above the limit that it is written with."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
SIGNED = ("transaction", "delegate")
"""Kinds of steps that somebody signs: they have ``signer``, ``key``, ``receiver`` and ``actions``."""
KINDS = (
    "transaction", "view", "patch", "fast_forward", "next_block", "pause", "blocks", "block_of", "run", "resume", "root", "load",
    "delegate",
)  # fmt: skip
"""What a step can be."""


class BundleError(BadInput):
    """A file that is no bundle, is damaged, of a newer version, or lacks what is needed to replay it."""


@dataclass(frozen=True)
class Bundle:
    """What a test did. ``content`` is ``bundle.json``; ``codes`` are contracts by their hashes."""

    content: dict[str, Any]
    codes: dict[str, bytes] = field(default_factory=dict, repr=False)
    chain: bytes | None = field(default=None, repr=False)
    records: list[dict[str, Any]] | None = field(default=None, repr=False)
    """The state of the saved chain, in nearcore's JSON, contracts by hash."""

    @property
    def steps(self) -> list[dict[str, Any]]:
        """What was done, in order."""
        found: list[dict[str, Any]] = self.content["steps"]
        return found

    @property
    def missing(self) -> tuple[str, ...]:
        """The hashes of contracts that were left out and that nobody has given since."""
        return tuple(name for name in self.content["contracts"] if name not in self.codes)

    def write(self, path: Path, extra: Mapping[str, str]) -> None:
        """Write the file, with some texts beside what belongs to it; it is whole or not there at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{secrets.token_hex(8)}.part")  # another run may write the same bundle now
        files = {CONTENT: json.dumps(self.content, indent=1, ensure_ascii=False).encode()}
        files |= {f"contracts/{name}.wasm": code for name, code in self.codes.items()}
        files |= {CHAIN: self.chain, RECORDS: json.dumps(self.records).encode()} if self.chain is not None else {}
        files |= {name: text.encode() for name, text in extra.items()}
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, data in files.items():
                    entry = zipfile.ZipInfo(name, _EPOCH)  # no time of writing, no owner
                    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                    archive.writestr(entry, data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    @classmethod
    def read(cls, path: Path) -> Bundle:
        """Read a bundle: the zip file, or a folder that it was unpacked to.

        :raises BundleError: saying what is wrong with it.
        """
        try:
            if path.is_dir():
                return _from_files(path, lambda name: (path / name).read_bytes())
            with zipfile.ZipFile(path) as archive:
                _check_size(path, archive)
                return _from_files(path, archive.read)
        except OSError as error:
            raise BundleError(f"{path} cannot be read: {error.strerror or error}") from None
        except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
            if isinstance(error, BundleError):
                raise
            raise BundleError(f"{path} is no bundle, or a damaged one: {error}") from None
        except Exception as error:
            if type(error).__module__ != "zlib":
                raise
            raise BundleError(f"{path} is damaged: {error}") from None


def _check_size(path: Path, archive: zipfile.ZipFile) -> None:
    if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
        raise BundleError(f"{path} would be larger than {_MOST_BYTES >> 20} MiB when it is unpacked")


def _from_files(path: Path, read: Callable[[str], bytes]) -> Bundle:
    try:
        text = read(CONTENT)
    except (KeyError, FileNotFoundError):
        raise BundleError(f"{path} is no bundle of near-harness: there is no {CONTENT} in it") from None
    try:
        content = json.loads(text)
    except ValueError as error:
        raise BundleError(f"{path} is damaged: {CONTENT} is no JSON ({error})") from None
    check(content, str(path))
    codes = {}
    for name, about in content["contracts"].items():
        if about.get("left_out"):
            continue
        code = _part(read, f"contracts/{name}.wasm", path)
        if code_hash(code) != name:
            raise BundleError(f"{path} is damaged: the contract {name} has another hash")
        codes[name] = code
    if not any(step["kind"] == "load" for step in content["steps"]):
        return Bundle(content, codes)
    return Bundle(content, codes, _part(read, CHAIN, path), _records(_part(read, RECORDS, path), path))


def _records(text: bytes, path: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BundleError(f"{path} is damaged: {RECORDS} is no JSON ({error})") from None
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise BundleError(f"{path} is damaged: {RECORDS} is no list of records")
    return found


def _part(read: Callable[[str], bytes], name: str, path: Path) -> bytes:
    try:
        return read(name)
    except (KeyError, FileNotFoundError):
        raise BundleError(f"{path} is damaged: {name} is missing") from None


def check(content: Any, where: str) -> None:
    """Look whether ``bundle.json`` has the form that is read here.

    :raises BundleError: for another schema, a newer version, or the first part that is not as it should be.
    """
    schema = str(content.get("schema", "")) if isinstance(content, dict) else ""
    found = re.fullmatch(rf"{SCHEMA}@(\d+)", schema)
    if found is None:
        raise BundleError(f"{where} is no bundle of near-harness: its schema is {schema!r}, not '{SCHEMA}@{VERSION}'")
    if int(found[1]) > VERSION:
        raise BundleError(
            f"{where} is of version {found[1]}; near-harness {__version__} reads bundles up to version {VERSION}: "
            "pip install --upgrade near-harness"
        )
    for place, problem in _problems(content):
        raise BundleError(f"{where} is damaged: {place} {problem}")


def _problems(content: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """What is wrong, each with its place."""
    for name, kind in (("test", dict), ("node", dict), ("made_by", dict), ("start", dict), ("contracts", dict), ("keys", dict)):
        if not isinstance(content.get(name), kind):
            yield name, "is no object"
            return
    if not isinstance(content.get("steps"), list) or not isinstance(content.get("left_out"), list):
        yield "steps or left_out", "is no list"
        return
    if any(not isinstance(about, dict) for about in (*content["contracts"].values(), *content["keys"].values())):
        yield "contracts or keys", "hold something that is no object"
    if not isinstance(content["node"].get("protocol_version"), int) or not isinstance(content["node"].get("root"), str):
        yield "node", "has no protocol_version or root"
    yield from _problems_of(content["steps"])


def _problems_of(steps: list[Any]) -> Iterable[tuple[str, str]]:
    for number, step in enumerate(steps, 1):
        if not isinstance(step, dict) or step.get("kind") not in KINDS:
            yield f"step {number}", f"is none of {', '.join(KINDS)}"
        elif step.get("n") != number:
            yield f"step {number}", f"says that it is number {step.get('n')!r}"
        elif not isinstance(step.get("beside", []), list) or not isinstance(step.get("seen", {}), (dict, type(None))):
            yield f"step {number}", "has no readable 'beside' or 'seen'"
        elif step["kind"] in SIGNED and not _is_actions(step.get("actions")):
            yield f"step {number}", "has actions that are none"


def _is_actions(found: Any) -> bool:
    """Whether it is a list of names and objects with one name, or None where they were left out."""
    if not isinstance(found, list):
        return found is None
    return all(isinstance(one, str) or (isinstance(one, dict) and len(one) == 1) for one in found)
