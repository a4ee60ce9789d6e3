"""Downloads a named version of near-sandbox, once for all processes and runs.

No checksum is published, so the first download is trusted and its checksum kept: what is used later must be the same bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from near_harness.caches import cache_folder
from near_harness.errors import DownloadFailed, WrongArchitecture
from near_harness.nodes.claims import claim_file

DEFAULT_VERSION = "2.13.4"
"""The version of the default image, protocol 86."""
_BASE = "https://s3-us-west-1.amazonaws.com/build.nearprotocol.com"
_PLATFORMS = {
    ("Linux", "x86_64"): "Linux-x86_64",
    ("Linux", "aarch64"): "Linux-aarch64",
    ("Linux", "arm64"): "Linux-aarch64",
    ("Darwin", "arm64"): "Darwin-arm64",
}
_BINARY, _RECORD = "near-sandbox", "near-sandbox.json"
_TIMEOUT_S = 60.0
_CHUNK = 1 << 20
_OTHERWISE = "Set NEAR_SANDBOX_BIN_PATH to a near-sandbox that you have, or use --near-node=docker or embedded"


def platform_name() -> str:
    """Return this machine's name among the published binaries.

    :raises WrongArchitecture: where none is published for it.
    """
    machine = (platform.system(), platform.machine())
    if machine not in _PLATFORMS:
        raise WrongArchitecture(f"no near-sandbox is published for {' '.join(machine)}: use --near-node=docker or embedded")
    return _PLATFORMS[machine]


def download(version: str, *, tell: Callable[[str], None]) -> Path:
    """Return the binary of a version, downloaded where the cache does not have it yet.

    :raises DownloadFailed: where it cannot be had, or is not what it was at its first use.
    """
    name = platform_name()
    base = os.environ.get("SANDBOX_ARTIFACT_URL", "").rstrip("/") or _BASE
    url = f"{base}/nearcore/{name}/{version}/near-sandbox.tar.gz"
    folder = cache_folder("nodes") / f"near-sandbox-{version}-{name}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DownloadFailed(f"cannot write to {folder}: {error.strerror}. {_OTHERWISE}") from error
    with _locked(folder / "lock"):
        binary, record = folder / _BINARY, _read(folder / _RECORD)
        if not binary.exists():
            tell(f"downloading near-sandbox {version}: {url}")
            _fetch(url, binary, record, tell)
        elif not record or _sha256(binary) != record["sha256"]:
            raise DownloadFailed(
                f"{binary} is not the file that was downloaded: its checksum is another than in {folder / _RECORD}. "
                f"Remove {folder} to download it anew"
            )
    return binary


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time in; the lock goes with its holder, whatever happens to it."""
    release = claim_file(path, wait=True)
    try:
        yield
    finally:
        if release is not None:
            release()


def _fetch(url: str, binary: Path, record: dict[str, Any], tell: Callable[[str], None]) -> None:
    """Download, unpack and put in place under its name at once, so that nobody ever sees a part of it."""
    for leftover in binary.parent.glob("part-*"):  # of a download that was killed; the lock is ours
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=binary.parent, prefix="part-") as work:
        archive, unpacked = Path(work) / "archive.tar.gz", Path(work) / _BINARY
        _save(url, archive, tell)
        found = {"url": url, "archive_sha256": _sha256(archive)}
        if record and record["url"] == url and record["archive_sha256"] != found["archive_sha256"]:
            raise DownloadFailed(
                f"{url} has changed since its first use: its checksum was {record['archive_sha256']} and is now "
                f"{found['archive_sha256']}. If that is right, remove {binary.parent}"
            )
        _unpack(archive, unpacked, url)
        found["sha256"] = _sha256(unpacked)
        unpacked.chmod(0o755)
        _write(binary.with_name(_RECORD), found)
        unpacked.replace(binary)


def _save(url: str, archive: Path, tell: Callable[[str], None]) -> None:
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer, archive.open("wb") as file:  # noqa: S310 - the user's choice
            total = int(answer.headers.get("Content-Length") or 0)
            _copy(answer, file, total, tell)
    except urllib.error.HTTPError as error:
        error.close()  # it is an open answer as well
        reason = "there is no such version for this machine" if error.code in (403, 404) else error.reason
        raise DownloadFailed(f"{url}: HTTP {error.code}: {reason}. {_OTHERWISE}") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", None) or error
        raise DownloadFailed(f"{url} cannot be downloaded: {why}. {_OTHERWISE}") from error
    if total and archive.stat().st_size != total:
        raise DownloadFailed(f"{url}: the connection ended after {archive.stat().st_size} of {total} bytes. Try again")


def _copy(answer: Any, file: IO[bytes], total: int, tell: Callable[[str], None]) -> None:
    done = told = 0
    while chunk := answer.read(_CHUNK):
        file.write(chunk)
        done += len(chunk)
        if total and done * 10 // total > told:
            told = done * 10 // total
            tell(f"downloading near-sandbox: {done * 100 // total} % of {total / 1e6:.0f} MB")


def _unpack(archive: Path, target: Path, url: str) -> None:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                source = tar.extractfile(member) if member.isfile() and Path(member.name).name == _BINARY else None
                if source is not None:
                    with target.open("wb") as file:
                        shutil.copyfileobj(source, file)
                    return
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DownloadFailed(f"{url} is no tar.gz that can be read: {error}. {_OTHERWISE}") from error
    raise DownloadFailed(f"{url} has no file {_BINARY!r} in it. {_OTHERWISE}")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found


def _write(path: Path, record: dict[str, Any]) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(record, indent=2) + "\n")
    part.replace(path)
