"""What is wrong with a wheel or an sdist is named before it is published."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "check_artifacts.py"
LICENCES = ("LICENSE-APACHE", "LICENSE-MIT")
HARNESS = ("near_harness/__init__.py", "near_harness/py.typed", "pyproject.toml", *LICENCES)
ENGINE = ("Cargo.toml", "Cargo.lock", "src/lib.rs", "python/near_harness_engine/__init__.py", *LICENCES)
MODULE = "near_harness_engine/_engine.abi3.so"
TAGS = ("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "macosx_12_0_x86_64", "macosx_12_0_arm64", "win_amd64")


def _about(package: str) -> list[str]:
    return [f"{package}-1.2.3.dist-info/{name}" for name in ("METADATA", *(f"licenses/{licence}" for licence in LICENCES))]


@dataclass
class Release:
    """A checkout, and the folder of what was built from it."""

    root: Path
    folder: Path

    def sdist(self, package: str, names: list[str], link: str | None = None) -> None:
        with tarfile.open(self.folder / f"{package}-1.2.3.tar.gz", "w:gz") as archive:
            for name in names:
                archive.addfile(tarfile.TarInfo(f"{package}-1.2.3/{name}"), io.BytesIO())
            if link is not None:
                entry = tarfile.TarInfo(f"{package}-1.2.3/{link}")
                entry.type, entry.linkname = tarfile.SYMTYPE, f"../{link}"
                archive.addfile(entry)

    def wheel(self, name: str, names: list[str]) -> None:
        with zipfile.ZipFile(self.folder / name, "w") as archive:
            for entry in names:
                archive.writestr(entry, "")

    def engine_wheel(self, names: list[str], platform: str = TAGS[0]) -> None:
        self.wheel(f"near_harness_engine-1.2.3-cp310-abi3-{platform}.whl", names)

    def check(self, *arguments: str) -> list[str]:
        command = [sys.executable, str(SCRIPT), str(self.folder), "--root", str(self.root), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
        assert done.returncode == bool(done.stderr), done.stderr
        return done.stderr.splitlines()


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """All that a release has, as it should be."""
    made = Release(tmp_path / "checkout", tmp_path / "dist")
    made.folder.mkdir()
    for name in [*HARNESS, *(f"engine/{name}" for name in ENGINE), "image/not_published"]:
        (made.root / name).parent.mkdir(parents=True, exist_ok=True)
        (made.root / name).write_text("")
    for command in (["git", "init", "-q"], ["git", "add", "."]):
        subprocess.run(command, cwd=made.root, check=True)  # noqa: S603
    made.sdist("near_harness", [*HARNESS, "PKG-INFO"])
    made.sdist("near_harness_engine", [*ENGINE, "PKG-INFO"])
    made.wheel("near_harness-1.2.3-py3-none-any.whl", [*HARNESS[:2], "near_harness/demo/bank.wasm", *_about("near_harness")])
    for platform in TAGS:
        made.engine_wheel(["near_harness_engine/__init__.py", MODULE, *_about("near_harness_engine")], platform)
    return made


def test_a_release_that_is_whole_passes(release: Release) -> None:
    assert release.check() == []
    assert release.check("--tag", "v1.2.3") == []


def test_an_sdist_holds_what_git_tracks_and_nothing_else(release: Release) -> None:
    names = [name for name in ENGINE if name != "Cargo.lock"]
    release.sdist("near_harness_engine", [*names, "PKG-INFO", "target/release/deps/engine.d", "dist/old.whl"])
    assert release.check() == [
        "near_harness_engine-1.2.3.tar.gz: Cargo.lock is missing",
        "near_harness_engine-1.2.3.tar.gz: dist/old.whl does not belong in it",
        "near_harness_engine-1.2.3.tar.gz: target/release/deps/engine.d does not belong in it",
    ]


def test_a_link_in_an_sdist_is_named(release: Release) -> None:
    names = [name for name in ENGINE if name != "LICENSE-MIT"]
    release.sdist("near_harness_engine", [*names, "PKG-INFO"], link="LICENSE-MIT")
    (line,) = release.check()
    assert "near_harness_engine-1.2.3/LICENSE-MIT is a link" in line


def test_a_wheel_needs_its_licences_and_its_module(release: Release) -> None:
    release.engine_wheel(["near_harness_engine/__init__.py", "near_harness_engine-1.2.3.dist-info/METADATA"])
    lines = [line.partition(": ")[2] for line in release.check()]
    assert lines[:2] == [f"near_harness_engine-1.2.3.dist-info/licenses/{name} is missing" for name in LICENCES]
    assert lines[2].startswith("has nothing like /near_harness_engine/_engine")
    assert len(lines) == 3


def test_a_wheel_holds_the_package_and_nothing_else(release: Release) -> None:
    release.wheel(
        "near_harness-1.2.3-py3-none-any.whl",
        ["near_harness/__init__.py", "near_harness/demo/bank.wasm", "near_harness/old.py", *_about("near_harness")],
    )
    assert [line.partition(": ")[2] for line in release.check()] == [
        "near_harness/py.typed is missing",
        "near_harness/old.py does not belong in it",
    ]


def test_a_release_has_a_wheel_for_each_platform(release: Release) -> None:
    for file in release.folder.glob("*aarch64.whl"):
        file.rename(file.with_name(file.name.replace("manylinux_2_28", "linux")))
    assert release.check() == []
    assert release.check("--tag", "v1.2.3") == [
        "near_harness_engine-1.2.3-cp310-abi3-manylinux_2_28_aarch64.whl is missing",
        "near_harness_engine-1.2.3-cp310-abi3-linux_aarch64.whl does not belong in it",
    ]


def test_a_wheel_may_be_for_an_older_glibc_as_well(release: Release) -> None:
    for file in release.folder.glob("*x86_64.whl"):
        file.rename(file.with_name(file.name.replace("manylinux_2_28", "manylinux_2_17_x86_64.manylinux_2_28")))
    assert release.check("--tag", "v1.2.3") == []


def test_another_version_is_no_part_of_a_release(release: Release) -> None:
    lines = release.check("--tag", "v1.2.4")
    assert len(lines) == 16
    assert "near_harness-1.2.4.tar.gz is missing" in lines
    assert "near_harness-1.2.3.tar.gz does not belong in it" in lines


def test_files_that_are_none_of_ours_are_named(release: Release) -> None:
    (release.folder / "near_harness-1.2.3.tar.gz").write_bytes(b"no archive")
    release.wheel("other-1.0-py3-none-any.whl", [])
    lines = release.check()
    assert lines[0].startswith("near_harness-1.2.3.tar.gz: cannot be read")
    assert lines[1].startswith("other-1.0-py3-none-any.whl: is of no package of this project")


def test_an_empty_folder_and_a_root_without_git_are_named(release: Release, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (line,) = Release(release.root, tmp_path / "empty").check()
    assert line.endswith("has neither a wheel nor an sdist")
    (line,) = Release(tmp_path / "empty", release.folder).check()
    assert "is no checkout that git can list" in line
