"""What stands in every script of a bundle, before its steps and after them."""

from __future__ import annotations

HEAD = '''\
"""{title}

{failure}

This is the bundle {bundle} as a script: python {script} [--near-node docker] [--near-protocol 86].
It prints each transaction with its receipts, and what was recorded where that is something else. Exits with 0 where all came
out as recorded, with 1 where something did not. The keys are those of a test chain.
"""

import argparse
import asyncio
import sys
import zipfile
from pathlib import Path

from near_harness import NEAR, Account, Gas, HarnessError, KeyPair, TransactionFailed, start, yocto
from near_harness.actions import *  # noqa: F403

HERE = Path(__file__).parent
differs = 0


def code(code_hash):
    """The code of a contract: from the bundle beside this file, or from where the bundle was unpacked."""
    name = f"contracts/{{code_hash}}.wasm"
    if (HERE / name).exists():
        return (HERE / name).read_bytes()
    with zipfile.ZipFile(HERE / "{bundle}") as bundle:
        return bundle.read(name)


def signed_by_hand(delegate):
    """A delegate action that the test itself had signed: as it was, to the byte."""
    from near_harness.bundles.actions import from_json

    inner = delegate["delegate_action"]["actions"]
    codes = {{one["DeployContract"]["code"]: code(one["DeployContract"]["code"]) for one in inner if "DeployContract" in one}}
    return from_json([{{"Delegate": delegate}}], codes)[0]


def named(names, sender, receiver, does, nth=0):
    """The hash or id of what waits, by who sends what to whom."""
    wanted = {{"from": sender, "to": receiver, "does": does, "nth": nth}}
    return next((name for name, described in names.items() if described == wanted), f"nothing like {{wanted}}")


async def happens(step, what, recorded, doing):
    """Do something, print what came of it, and say where it is not what was recorded."""
    global differs
    try:
        came = await doing
        print(f"{{step}}. {{what}}\\n{{came}}\\n")
        result = came if isinstance(came, bytes) else "succeeded" if came.succeeded else came.failure.name
    except HarnessError as error:
        print(f"{{step}}. {{what}}\\n{{type(error).__name__}}: {{error}}\\n")
        result = error.name if isinstance(error, TransactionFailed) else type(error).__name__
    if recorded is not None and result != recorded:
        differs += 1
        print(f"==> {{recorded!r}} was recorded, {{result!r}} came\\n")


async def play(settings):
    async with start(**settings) as near:
{accounts}
'''
TAIL = """

def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\\n")[0])
    parser.add_argument("--near-node", dest="node")
    parser.add_argument("--near-protocol", dest="protocol_version", default={protocol!r})
    asyncio.run(play(vars(parser.parse_args())))
    print("differs" if differs else "as recorded")
    return int(bool(differs))


if __name__ == "__main__":
    sys.exit(main())
"""
