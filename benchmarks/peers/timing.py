"""What the programs of the Python peers, which run in environments of their own, share: taking times, and saying them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

CALLS = int(os.environ.get("PEER_CALLS", "20"))
"""How often each thing is done and timed."""
TESTS = int(os.environ.get("PEER_TESTS", "1"))
"""How many tests the suite has."""
CONTRACTS = Path(os.environ.get("PEER_CONTRACTS", "."))


def timed(act: Callable[[], object], times: int = CALLS, unmeasured: int = 5) -> list[float]:
    """Milliseconds of each of some runs; the first ones, which load and compile, are left out."""
    taken = []
    for turn in range(-unmeasured, times):
        begin = time.perf_counter()
        act()
        if turn >= 0:
            taken.append((time.perf_counter() - begin) * 1000)
    return taken


def report(**measured: object) -> None:
    """Say the times, by what was timed: the last line of what is printed."""
    print(json.dumps(measured))
