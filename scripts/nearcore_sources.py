"""What the published sources of nearcore say about its protocol; read from the crates, which cargo downloads."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

CRATES = ("near-primitives-core", "near-parameters", "near-chain-configs")
"""Where versions, parameters and the genesis are."""
_VERSIONS = {
    "oldest": re.compile(r"^pub const MIN_SUPPORTED_PROTOCOL_VERSION: ProtocolVersion = (\d+);", re.MULTILINE),
    "newest": re.compile(r"^const STABLE_PROTOCOL_VERSION: ProtocolVersion = (\d+);", re.MULTILINE),
}
_GENESIS = re.compile(r"^pub struct GenesisConfig \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^    pub (\w+):", re.MULTILINE)


class SourcesError(Exception):
    """The sources cannot be had, or do not look as they did."""


@dataclass(frozen=True)
class Protocol:
    """What a release of the crates runs."""

    oldest: int
    newest: int
    parameters: frozenset[str]
    """The files of ``res/runtime_configs``: one for each version that changes parameters."""
    genesis: frozenset[str]
    """The fields of ``genesis.json``, without its records."""

    def changes(self, later: Protocol) -> list[str]:
        """Say what a later release has that this one has not, and the other way round; a line each."""
        lines = []
        if (self.oldest, self.newest) != (later.oldest, later.newest):
            lines.append(f"protocol versions: {self.oldest} to {self.newest} here, {later.oldest} to {later.newest} there")
        for what, ours, theirs in (
            ("parameters", self.parameters, later.parameters),
            ("genesis.json", self.genesis, later.genesis),
        ):
            lines += [f"{what}: {name} is new" for name in sorted(theirs - ours)]
            lines += [f"{what}: {name} has gone" for name in sorted(ours - theirs)]
        return lines or ["protocol versions, parameters and the fields of genesis.json are the same"]


def read(versions: dict[str, str]) -> Protocol:
    """Read the sources of these versions of :data:`CRATES`.

    :raises SourcesError: where cargo cannot download them, or they are written otherwise than they were.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        wanted = "".join(f'{crate} = "={versions[crate]}"\n' for crate in CRATES)
        (place / "Cargo.toml").write_text(f'[package]\nname = "sources"\nversion = "0.0.0"\n\n[dependencies]\n{wanted}', "utf-8")
        (place / "src").mkdir()
        (place / "src" / "lib.rs").touch()
        command = ["cargo", "metadata", "--format-version", "1"]
        try:
            done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=900, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SourcesError(f"cargo metadata: {error}") from error
    if done.returncode != 0:
        raise SourcesError(f"cargo metadata: {done.stderr.strip()}")
    packages = {package["name"]: Path(package["manifest_path"]).parent for package in json.loads(done.stdout)["packages"]}
    return of_folders(*(packages[crate] for crate in CRATES))


def of_folders(core: Path, parameters: Path, configs: Path) -> Protocol:
    """Read sources that are here: those of :data:`CRATES`, in that order.

    :raises SourcesError: where they are written otherwise than they were.
    """
    file = core / "src" / "version.rs"
    text = file.read_text(encoding="utf-8")
    versions = {name: int(_find(pattern, text, file)) for name, pattern in _VERSIONS.items()}
    file = configs / "src" / "genesis_config.rs"
    genesis = _find(_GENESIS, file.read_text(encoding="utf-8"), file)
    files = frozenset(path.name for path in (parameters / "res" / "runtime_configs").glob("*.yaml"))
    if not files:
        raise SourcesError(f"{parameters / 'res' / 'runtime_configs'} has no parameters: see where they are now")
    return Protocol(versions["oldest"], versions["newest"], files, frozenset(_FIELD.findall(genesis)))


def _find(pattern: re.Pattern[str], text: str, file: Path) -> str:
    found = pattern.search(text)
    if found is None:
        raise SourcesError(f"{file} has no {pattern.pattern!r}: see how it is written now")
    return found[1]
