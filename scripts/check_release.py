"""Says what has to be done before a tag is published; the release workflow begins with it.

    python scripts/check_release.py v1.2.3

Exits with 0 where nothing is left to do, with 1 and a line for each thing where something is.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PLACEHOLDER = "OWNER/near-harness"
"""Stands in workflows for the account on GitHub that publishes the project, until somebody knows it."""
_VERSIONS = (
    ("pyproject.toml", r'^version = "(.+)"$'),
    ("pyproject.toml", r'^engine = \["near-harness-engine==(.+)"\]$'),
    ("near_harness/version.py", r'^__version__ = "(.+)"$'),
    ("engine/Cargo.toml", r'^version = "(.+)"$'),
)
"""Where the version stands; all of them are the same in a release."""
_WORKFLOWS = (".github/workflows/*.yml", "examples/*/.github/workflows/*.yml")


def findings(root: Path, tag: str) -> list[str]:
    """Return what is left to do in the tree of ``root`` before ``tag`` is published, a line each."""
    version = tag.removeprefix("v")
    if tag == version or not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", version):
        return [f"{tag} is no tag of a release: v1.2.3 is one, and v1.2.3rc1"]
    left = []
    for name, pattern in _VERSIONS:
        found = re.search(pattern, (root / name).read_text(encoding="utf-8"), re.MULTILINE)
        if found is None or found[1] != version:
            left.append(f"{name} has version {found[1] if found else 'none'} where the tag says {version}: /{pattern}/")
    if not re.search(rf"^## {re.escape(version)}\b", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE):
        left.append(f"CHANGELOG.md has no section '## {version}': name what is under 'Unreleased' so")
    for file in sorted(file for pattern in _WORKFLOWS for file in root.glob(pattern)):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if PLACEHOLDER in line:
                name = file.relative_to(root).as_posix()
                left.append(
                    f"{name}:{number} says {PLACEHOLDER}: put in the account that publishes the project, once and for all"
                )
    return left


def main() -> int:
    """Print what is left to do."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tag", help="such as v1.2.3")
    parser.add_argument("--root", type=Path, default=ROOT, help="another tree")
    options = parser.parse_args()
    left = findings(options.root, options.tag)
    for line in left:
        print(line, file=sys.stderr)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
