"""Says what is wrong with wheels and sdists that would be published.

    python scripts/check_artifacts.py dist                 # those that are there
    python scripts/check_artifacts.py dist --tag v1.2.3    # and all that a release has, of that version

An sdist has to hold the files that git tracks, each of them and no other; so it runs in a checkout. Exits with 0 where nothing is
wrong, with 1 and a line for each thing where something is.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
HARNESS, ENGINE = "near_harness", "near_harness_engine"
LICENCES = {"LICENSE-APACHE", "LICENSE-MIT"}
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "macosx_12_0_x86_64", "macosx_12_0_arm64", "win_amd64")
"""For each of them a release has a wheel of the engine."""
_IN_SDIST = {
    HARNESS: (
        *("near_harness", "tests", "conftest.py", "contracts", "docs", "examples", "benchmarks", "scripts", ".ci", ".github"),
        *(":(glob)*.md", *sorted(LICENCES), "pyproject.toml", ".gitignore"),
    ),
    ENGINE: ("engine",),
}
"""What of the checkout goes into the sdist of a package, as git names it."""
_PACKAGE = {HARNESS: ".", ENGINE: "engine/python"}
"""Where the folder of the Python package stands."""
_BESIDE = {
    HARNESS: re.compile(r"near_harness/demo/\w+\.wasm|near_harness/audit/rules/pages/NH\d{3}\.md"),
    ENGINE: re.compile(r"near_harness_engine/_engine(\.abi3\.so|\.pyd)"),
}
"""What a wheel has in its package beside the files that git tracks there."""


def findings(folder: Path, root: Path, tag: str | None) -> list[str]:
    """Return what is wrong with the files of ``folder``, built from the checkout ``root``, a line each."""
    files = sorted(file for file in folder.iterdir() if file.suffix == ".whl" or file.name.endswith(".tar.gz"))
    wrong = [f"{file.name}: {line}" for file in files for line in _of_file(file, root)]
    if tag is not None:
        wrong += _of_release([file.name for file in files], tag.removeprefix("v"))
    elif not files:
        wrong.append(f"{folder} has neither a wheel nor an sdist")
    return wrong


def _of_file(file: Path, root: Path) -> Iterator[str]:
    package = file.name.partition("-")[0]
    if package not in (HARNESS, ENGINE):
        yield f"is of no package of this project: those are {HARNESS} and {ENGINE}"
        return
    try:
        yield from (_of_wheel if file.suffix == ".whl" else _of_sdist)(file, package, root)
    except (tarfile.TarError, zipfile.BadZipFile) as error:
        yield f"cannot be read: {' '.join(str(error).split())}"


def _of_sdist(file: Path, package: str, root: Path) -> Iterator[str]:
    top = file.name.removesuffix(".tar.gz") + "/"
    with tarfile.open(file) as archive:
        members = archive.getmembers()
    for member in members:
        if not (member.isfile() or member.isdir()):
            yield f"{member.name} is a link: what it points to may not be there where it is unpacked"
    there = {member.name.removeprefix(top) for member in members if not member.isdir()}
    base = "engine/" if package == ENGINE else ""
    wanted = {name.removeprefix(base) for name in _tracked(root, *_IN_SDIST[package])} | {"PKG-INFO"}
    yield from _differences(there, wanted)


def _of_wheel(file: Path, package: str, root: Path) -> Iterator[str]:
    with zipfile.ZipFile(file) as archive:
        there = {name for name in archive.namelist() if not name.endswith("/")}
    about = "-".join(file.name.split("-")[:2]) + ".dist-info/"
    yield from _differences(
        {name for name in there if name.startswith(about + "licenses/")}, {f"{about}licenses/{name}" for name in LICENCES}
    )
    beside = {name for name in there if _BESIDE[package].fullmatch(name)}
    if not beside:
        yield f"has nothing like /{_BESIDE[package].pattern}/"
    base = _PACKAGE[package] + "/"
    tracked = {name.removeprefix(base) for name in _tracked(root, f"{base}{package}")}
    yield from _differences({name for name in there if not name.startswith(about)} - beside, tracked)


def _differences(there: set[str], wanted: set[str]) -> Iterator[str]:
    yield from (f"{name} is missing" for name in sorted(wanted - there))
    yield from (f"{name} does not belong in it" for name in sorted(there - wanted))


def _tracked(root: Path, *names: str) -> set[str]:
    command = ["git", "ls-files", "-z", "--", *names]
    listed = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)  # noqa: S603 - names of this file
    if listed.returncode:
        sys.exit(f"{root} is no checkout that git can list: {listed.stderr.strip()}")
    return {name for name in listed.stdout.split("\0") if name}


def _of_release(names: list[str], version: str) -> Iterator[str]:
    wanted = {f"{HARNESS}-{version}.tar.gz", f"{HARNESS}-{version}-py3-none-any.whl", f"{ENGINE}-{version}.tar.gz"}
    for platform in PLATFORMS:
        # A wheel may name older platforms that it is for as well.
        pattern = re.compile(rf"{ENGINE}-{re.escape(version)}-cp310-abi3-([\w.]+\.)?{platform}(\.[\w.]+)?\.whl")
        wanted.add(next((name for name in names if pattern.fullmatch(name)), f"{ENGINE}-{version}-cp310-abi3-{platform}.whl"))
    yield from _differences(set(names), wanted)


def main() -> int:
    """Print what is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the wheels and sdists are")
    parser.add_argument("--tag", help="of the release, such as v1.2.3: nothing may be missing then")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout")
    options = parser.parse_args()
    wrong = findings(options.folder, options.root, options.tag)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
