"""What stands between a tag and its release is named, each thing with its place."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "check_release.py"
FILES = {
    "pyproject.toml": 'version = "1.2.3"\nengine = ["near-harness-engine==1.2.3"]\n',
    "near_harness/version.py": '__version__ = "1.2.3"\n',
    "engine/Cargo.toml": '[package]\nversion = "1.2.3"\n\n[dependencies]\nlibc = "0.2"\n',
    "CHANGELOG.md": "# Changelog\n\n## Unreleased\n\n## 1.2.3 (2027-01-01)\n",
    ".github/workflows/contract-tests.yml": "#  uses: somebody/near-harness/.github/workflows/contract-tests.yml@v1\n",
    "examples/one/.github/workflows/tests.yml": "uses: somebody/near-harness/.github/workflows/contract-tests.yml@v1\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def _check(tree: Path, tag: str = "v1.2.3") -> list[str]:
    command = [sys.executable, str(SCRIPT), tag, "--root", str(tree)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert done.returncode == bool(done.stderr), done.stderr
    return done.stderr.splitlines()


def test_a_tree_that_is_ready_passes(tree: Path) -> None:
    assert _check(tree) == []


@pytest.mark.parametrize("name", ["pyproject.toml", "near_harness/version.py", "engine/Cargo.toml"])
def test_each_place_of_the_version_counts(tree: Path, name: str) -> None:
    (tree / name).write_text(FILES[name].replace("1.2.3", "1.2.2"))
    left = _check(tree)
    assert len(left) == FILES[name].count("1.2.3")
    assert all(line.startswith(f"{name} has version 1.2.2 where the tag says 1.2.3") for line in left)


def test_a_missing_section_of_the_changelog_is_named(tree: Path) -> None:
    (tree / "CHANGELOG.md").write_text("## Unreleased\n\n## 1.2.30\n")
    assert _check(tree) == ["CHANGELOG.md has no section '## 1.2.3': name what is under 'Unreleased' so"]


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".yml")])
def test_an_account_that_nobody_has_put_in_is_named(tree: Path, name: str) -> None:
    (tree / name).write_text("# a line\n" + FILES[name].replace("somebody/", "OWNER/"))
    (line,) = _check(tree)
    assert line.startswith(f"{name}:2 says OWNER/near-harness")


def test_a_tag_of_another_form_is_refused(tree: Path) -> None:
    assert _check(tree, "1.2.3") == ["1.2.3 is no tag of a release: v1.2.3 is one, and v1.2.3rc1"]


def test_it_finds_its_places_in_this_tree(tree: Path) -> None:
    """The patterns fit the project's own files: nothing but the version's number is missing."""
    for name in FILES:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, tree / name)
    left = [line for line in _check(tree, "v77.7.7") if "OWNER" not in line]
    assert [line.partition(" ")[0] for line in left] == [
        "pyproject.toml", "pyproject.toml", "near_harness/version.py", "engine/Cargo.toml", "CHANGELOG.md"
    ]  # fmt: skip
    assert not any("none" in line for line in left)
