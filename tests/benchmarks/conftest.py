"""The table of times and what it is drawn with: nothing is measured here."""

from __future__ import annotations

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
# They are programs, run from their folder. None has the name of a folder of tests, which it would hide.
sys.path.append(str(BENCHMARKS))
