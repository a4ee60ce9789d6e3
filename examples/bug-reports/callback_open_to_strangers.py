"""A bug report that runs: a callback of a contract does its work for anybody who calls it.

    python callback_open_to_strangers.py CONTRACT.wasm CALLBACK [JSON]

Deploys the contract and calls the callback from an account that has nothing to do with it. Ends with 0 where the contract
refuses, with 1 where it lets the stranger in, with 2 where the report cannot run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from near_harness import HarnessError, TGas, start


async def lets_a_stranger_in(wasm: Path, callback: str, arguments: Any) -> bool:
    """Call the callback as a stranger, print what happened, and tell whether the contract let it happen."""
    async with start() as near:
        contract = await near.deploy(wasm, "contract")
        stranger = await near.create_account("stranger")
        tx = await stranger.call(contract, callback, arguments, gas=TGas(100)).attempt()
        print(tx)
        return tx.succeeded


def main() -> int:
    """Run the report and say what it shows by the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("wasm", type=Path, help="the compiled contract")
    parser.add_argument("callback", help="the method that only the contract itself should call")
    parser.add_argument("arguments", nargs="?", default="{}", type=json.loads, help="its arguments as JSON")
    given = parser.parse_args()
    try:
        there = asyncio.run(lets_a_stranger_in(given.wasm, given.callback, given.arguments))
    except HarnessError as error:
        print(f"the report cannot run: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print("still there" if there else "mended")
    return 1 if there else 0


if __name__ == "__main__":
    sys.exit(main())
