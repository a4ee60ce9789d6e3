"""Everything that the project promises about speed and memory, measured in one run; and beside it what users would pick instead.

    python benchmarks/table.py [--peers] [--keys 1000000] [--calls 300] [--tests 1000] [--markdown | --docs]

The first sections are promises: the median (or the one value), what is promised, and how much of that is used up. The floor of
a request is the same client and server with nothing behind them. With ``--peers`` the same work is timed with others' tools as
well, each with what its own users write (``benchmarks/peers``): they are installed from npm and PyPI into the cache, 460 MB,
and what cannot be had is in the table with the reason. ``--docs`` writes the table and its picture into ``docs/speed.md``.
Exits with 1 where a promise is not kept, and with 2 where a peer's program fails: the others are measured all the same, but
``docs/speed.md`` stays as it is.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from pathlib import Path

from drawing import terminal
from drawing.markdown import markdown
from drawing.page import write_page
from peers.comparison import Comparison
from promises import promised


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--tests", type=int, default=1_000)
    parser.add_argument("--peers", action="store_true", help="time what users would pick instead as well; installs it first")
    parser.add_argument("--near-sandbox", metavar="PATH", help="with --peers: time the clients against this node as well")
    parser.add_argument("--peer-calls", type=int, default=50, help="how often peers do each thing")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--markdown", action="store_true", help="print the table as docs/speed.md has it")
    shown.add_argument("--docs", action="store_true", help="write the table and its picture into docs/speed.md")
    chosen = parser.parse_args()
    before = os.getloadavg()[0]
    comparison = Comparison(chosen.peer_calls)
    beside = comparison.rows(chosen.near_sandbox) if chosen.peers else []
    rows = [*promised(chosen.calls, chosen.tests, chosen.keys), *beside]
    conditions = f"`{' '.join(('python benchmarks/table.py', *sys.argv[1:]))}`: {machine()}, load before it {before:.1f}."
    if chosen.docs and not comparison.broken:
        write_page(rows, conditions)
    elif chosen.markdown:
        print(markdown(rows))
        print(conditions)
    else:
        terminal.show(rows)
        print(f"\n{conditions}")
    for said in comparison.broken:
        print(said, file=sys.stderr)
    return 2 if comparison.broken else int(not all(row.kept for row in rows))


def machine() -> str:
    """The processor, how many of it, and the interpreter."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())
    return f"{named or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
