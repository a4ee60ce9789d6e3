"""The contracts' sources: where they are, which contracts there are, and a hash that tells when they changed."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

CONTRACTS = Path(__file__).resolve().parent.parent
COMPILED = CONTRACTS / "compiled"


def names(root: Path = CONTRACTS) -> list[str]:
    """The names of the contracts, each a crate of the workspace."""
    return sorted(manifest.parent.name for manifest in root.glob("*/Cargo.toml"))


def files(root: Path = CONTRACTS) -> list[Path]:
    """Every file that a compiled contract is made of."""
    found = [root / "Cargo.toml", root / "Cargo.lock", root / "builder" / "settings.py"]
    for name in names(root):
        found.append(root / name / "Cargo.toml")
        found.extend((root / name / "src").rglob("*.rs"))
    return sorted(found)


def sha256(root: Path = CONTRACTS) -> str:
    """One hash over the names and contents of all sources; the same on machines that write CR LF."""
    total = hashlib.sha256()
    for file in files(root):
        content = hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        total.update(f"{content}  {file.relative_to(root).as_posix()}\n".encode())
    return total.hexdigest()


def locked_version(package: str, root: Path = CONTRACTS) -> str:
    """The version of a package in Cargo.lock."""
    lock = (root / "Cargo.lock").read_text(encoding="utf-8")
    found = re.search(rf'^name = "{re.escape(package)}"\nversion = "([^"]+)"$', lock, re.MULTILINE)
    if found is None:
        raise LookupError(f"{package} is not in {root / 'Cargo.lock'}")
    return found.group(1)
