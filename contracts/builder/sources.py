"""The contracts' sources: where they are, which contracts there are, and a hash that tells when they changed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

CONTRACTS = Path(__file__).resolve().parent.parent
COMPILED = CONTRACTS / "compiled"


@dataclass(frozen=True)
class Contract:
    """One compiled contract: a crate of the workspace, or one of its twins (`good` is a feature, `bad` is without it)."""

    name: str
    crate: str
    features: tuple[str, ...] = ()


def contracts(root: Path = CONTRACTS) -> list[Contract]:
    """The contracts, by name. A crate with a `src/good.rs` is built twice: to `<crate>_bad` and `<crate>_good`."""
    found = []
    for folder in crates(root):
        if "cdylib" not in (folder / "Cargo.toml").read_text(encoding="utf-8"):
            continue  # a part of others
        name = folder.name
        if (folder / "src" / "good.rs").exists():
            found += [Contract(f"{name}_bad", name), Contract(f"{name}_good", name, ("good",))]
        else:
            found.append(Contract(name, name))
    return sorted(found, key=lambda contract: contract.name)


def crates(root: Path = CONTRACTS) -> list[Path]:
    """The folders of the crates; those below `twins` are stories of a bad contract and its good twin."""
    manifests = [*root.glob("*/Cargo.toml"), *root.glob("twins/*/Cargo.toml")]
    return sorted(manifest.parent for manifest in manifests)


def files(root: Path = CONTRACTS) -> list[Path]:
    """Every file that a compiled contract is made of."""
    found = [root / "Cargo.toml", root / "Cargo.lock", root / "builder" / "settings.py"]
    for folder in crates(root):
        found.append(folder / "Cargo.toml")
        found.extend((folder / "src").rglob("*.rs"))
    # By their parts: Windows would sort paths without a look at the case of letters.
    return sorted(found, key=lambda file: file.relative_to(root).parts)


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
