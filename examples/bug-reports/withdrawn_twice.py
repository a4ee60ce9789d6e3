"""A bug report that runs: a bank credits a deposit before it is staked, and pays it out although the stake failed.

    python withdrawn_twice.py [--method deposit_and_stake]

Ends with 0 where the bug is mended, with 1 where it is still there, with 2 where the report cannot run.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from near_harness import NEAR, HarnessError, TGas, start
from near_harness.demo.contracts import demo_contract


async def somebody_pays_for_it(method: str) -> bool:
    """Let a stake fail, withdraw all the same, and tell whether the bank paid what is others'."""
    async with start() as near:
        pool = await near.deploy(demo_contract("staking_pool"), "pool")
        bank = await near.deploy(demo_contract("bank"), "bank")
        alice = await near.create_account("alice")
        await pool.set_paused(paused=True).by(pool)

        await alice.call(bank, method, {"pool": pool}, deposit=NEAR(10), gas=TGas(150)).attempt()
        withdrawal = await alice.call(bank, "withdraw").attempt()

        print(withdrawal)
        print(withdrawal.ledger)
        return withdrawal.succeeded


def main() -> int:
    """Run the report and say what it shows by the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--method", default="deposit_and_stake_wrong", help="how the bank deposits (default: the wrong way)")
    try:
        there = asyncio.run(somebody_pays_for_it(parser.parse_args().method))
    except HarnessError as error:
        print(f"the report cannot run: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print("still there" if there else "mended")
    return 1 if there else 0


if __name__ == "__main__":
    sys.exit(main())
