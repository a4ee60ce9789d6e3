"""Records what a node answers to a suite of tests/fidelity/suites: the steps are played, and what comes back is what they expect.

    python scripts/record_fidelity.py SUITE.json --rpc http://127.0.0.1:3030

The node must be a real one, with a fresh chain and the root account ``sandbox`` with the key of the seed ``sandbox``, as the
image nearprotocol/sandbox has it: every suite wants a node of its own. Write the new steps first, each with a ``note`` and
without ``expect``. Exits with 0 where the file is written, with 2 where nothing could be recorded.
"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fidelity_replay import record


def caller(url: str) -> Any:
    """Return what sends a request to a node and gives its whole answer, whatever the HTTP status."""

    def call(method: str, params: Any) -> dict[str, Any]:
        body = json.dumps({"jsonrpc": "2.0", "id": "record", "method": method, "params": params}).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - http, checked below
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                found: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                found = json.load(error)
        return found

    return call


def main() -> int:
    """Record one suite."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("suite", type=Path, help="the JSON file; it is written again, with what was answered")
    parser.add_argument("--rpc", required=True, help="the node's JSON-RPC, such as http://127.0.0.1:3030")
    options = parser.parse_args()
    if not options.rpc.startswith(("http://", "https://")):
        parser.error(f"{options.rpc} is no http:// address")
    try:
        suite = json.loads(options.suite.read_text(encoding="utf-8"))
        recorded = record(suite, caller(options.rpc))
    except (OSError, ValueError, KeyError) as error:
        print(f"nothing recorded: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    options.suite.write_text(json.dumps(recorded) + "\n", encoding="utf-8")
    print(f"{len(recorded['steps'])} steps recorded in {options.suite}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
