"""A bug report that runs: a contract keeps its user's deposit when the contract that it calls refuses it.

    python scripts/bug_report_lost_deposit.py [--method forgets|gives_back]

Starts a node, deploys, sends, and prints the receipt tree. Exits with 0 where the bug is fixed, with 1 where it is still
there, with 2 where the report itself cannot run.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from near_harness import NEAR, HarnessError, TGas, start

WASM = Path(__file__).parent.parent / "contracts" / "compiled" / "deposit_demo.wasm"
DEPOSIT = NEAR(3)


async def deposit_is_lost(method: str) -> bool:
    """Send a deposit through the contract, print what happened, and tell whether the user's money stayed behind."""
    async with start() as near:
        alice = await near.create_account("alice")
        caller = await near.deploy(WASM, "caller")
        callee = await near.deploy(WASM, "callee")
        before = await alice.balance()
        tx = await alice.call(caller, method, {"callee": callee}, deposit=DEPOSIT, gas=TGas(100)).attempt()
        spent = before - await alice.balance()
        print(tx)
        print(f"alice attached {DEPOSIT}, the call failed inside, and she is short of {spent}")
        return spent >= DEPOSIT


def main() -> int:
    """Run the report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--method", default="forgets", help="the contract's method (default: %(default)s)")
    try:
        lost = asyncio.run(deposit_is_lost(parser.parse_args().method))
    except HarnessError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print("still there" if lost else "fixed")
    return int(lost)


if __name__ == "__main__":
    sys.exit(main())
