"""Programs in the place of near-sandbox."""

from __future__ import annotations

import sys
from pathlib import Path

DROP_IN = f"""#!{sys.executable}
from near_harness.sandbox.command import main
main(prog_name="near-sandbox")
"""


def program(folder: Path, text: str, name: str = "near-sandbox") -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path
