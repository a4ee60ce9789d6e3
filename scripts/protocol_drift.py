"""Compares the nearcore crates that the engine is built on with the newest ones of the registry.

    python scripts/protocol_drift.py [--write] [--protocol]

With ``--protocol``, and where something is newer, it says what the newest crates change in the protocol: its versions, its
parameters, the fields of the genesis. For that cargo downloads them.

Asks cargo, so the registry is the one that cargo is set up for. Exits with 0 where nothing is newer, with 1 where something is
(with ``--write`` the newest are then in ``engine/Cargo.toml``), with 2 where cargo cannot say.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nearcore_sources

MANIFEST = Path(__file__).parent.parent / "engine" / "Cargo.toml"
_PINNED = re.compile(r'^(near-[\w-]+) = (?:"=([\d.]+)"|\{ version = "=([\d.]+)")', re.MULTILINE)


class RegistryError(Exception):
    """Cargo has no answer."""


def pinned(manifest: str) -> dict[str, str]:
    """The crates that are pinned exactly, and their versions."""
    return {name: plain or table for name, plain, table in _PINNED.findall(manifest)}


def newest(crate: str) -> str:
    """The newest version of a crate.

    :raises RegistryError: where cargo does not say.
    """
    # Beside a Cargo.lock, cargo would tell the version that is locked.
    with tempfile.TemporaryDirectory() as elsewhere:
        try:
            command = ["cargo", "info", crate]
            done = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RegistryError(f"cargo info {crate}: {error}") from error
    found = re.search(r"^version: ([\d.]+)(?: \(latest ([\d.]+))?", done.stdout, re.MULTILINE)
    if done.returncode != 0 or found is None:
        raise RegistryError(f"cargo info {crate}: {done.stderr.strip() or done.stdout.strip()}")
    return found[2] or found[1]


def main() -> int:
    """Compare, print a line for each crate, and say by the exit code whether something is newer."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the newest versions into engine/Cargo.toml")
    parser.add_argument("--protocol", action="store_true", help="say what the newest crates change in the protocol")
    parser.add_argument("--manifest", type=Path, default=MANIFEST, help="another Cargo.toml")
    options = parser.parse_args()
    manifest = options.manifest.read_text(encoding="utf-8")
    crates = pinned(manifest)
    try:
        found = {crate: newest(crate) for crate in crates}
    except RegistryError as error:
        print(error, file=sys.stderr)
        return 2
    newer = {crate for crate, version in found.items() if _parts(version) > _parts(crates[crate])}
    for crate, version in crates.items():
        print(f"{crate} {version}: {f'{found[crate]} is there' if crate in newer else 'the newest'}")
    if options.protocol and newer:
        try:
            there, here = (nearcore_sources.read(versions) for versions in ({**crates, **found}, crates))
        except nearcore_sources.SourcesError as error:
            print(error, file=sys.stderr)
            return 2
        print("", *here.changes(there), sep="\n")
    if options.write and newer:
        options.manifest.write_text(_PINNED.sub(lambda line: line[0].replace(crates[line[1]], found[line[1]]), manifest), "utf-8")
    return 1 if newer else 0


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


if __name__ == "__main__":
    sys.exit(main())
