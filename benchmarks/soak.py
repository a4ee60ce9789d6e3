"""Many transactions on one chain: whether it becomes slower, and how much memory each leaves behind.

    python benchmarks/soak.py [--transactions 100000] [--rewind N] [--keep N]

Transfers in the engine without HTTP, in ten equal parts. A chain keeps its blocks, outcomes and earlier states, so memory grows
with what has happened; with ``--rewind N`` the chain goes back to its beginning after every N transactions, as it does between
tests, and with ``--keep N`` it forgets all epochs but the last N: then memory has to stay flat. Exits with 1 where the last part
is slower than the first by more than a half, or where memory that has to stay flat grows by more than 1 MB after the first part.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys

from direct import Direct, allocated_bytes
from py_near import transactions
from rich.console import Console
from rich.table import Table

PARTS = 10


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--transactions", type=int, default=100_000)
    parser.add_argument("--rewind", type=int, default=0, help="go back after so many transactions (default: never)")
    parser.add_argument("--keep", type=int, default=None, help="keep the blocks of so many epochs (default: all)")
    chosen = parser.parse_args()
    node = Direct(gc_num_epochs_to_keep=chosen.keep)
    node.create("alice.sandbox", 1_000_000)
    beginning, pay = node.chain.snapshot(), [transactions.create_transfer_action(1)]
    nonces = dict(node._nonces)  # noqa: SLF001 - they go back with the chain
    each = max(1, chosen.transactions // PARTS)
    table = Table("transactions", "median ms", "height", "MB allocated", "bytes a transaction", box=None, padding=(0, 3, 0, 0))
    medians, memory, done = [], [allocated_bytes() or 0], 0
    for _ in range(PARTS):
        taken = []
        for _ in range(each):
            taken.append(node.send("alice.sandbox", "near", pay))
            done += 1
            if chosen.rewind and done % chosen.rewind == 0:
                node.chain.restore(beginning)
                node._nonces = dict(nonces)  # noqa: SLF001 - as above
        gc.collect()
        medians.append(statistics.median(taken) * 1000)
        memory.append(allocated_bytes() or 0)
        grown = (memory[-1] - memory[-2]) / each
        table.add_row(f"{done:,}", f"{medians[-1]:.3f}", f"{node.chain.height:,}", f"{memory[-1] / 1e6:.1f}", f"{grown:,.0f}")
    Console(width=120).print(table)
    slower = medians[-1] > medians[0] * 1.5
    leaks = (bool(chosen.rewind) or chosen.keep is not None) and memory[-1] - memory[1] > 1_000_000
    return int(slower or leaks)


if __name__ == "__main__":
    sys.exit(main())
