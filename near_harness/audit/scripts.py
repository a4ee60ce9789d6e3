"""A finding as a script: plain Python that makes the chain again, plays the steps, and says whether the fault is there."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent, wrap
from typing import TYPE_CHECKING

from near_harness.audit.steps import CallStep

if TYPE_CHECKING:
    from near_harness.audit.findings import Finding
    from near_harness.audit.report import Report

_TEMPLATE = '''"""{title}

{message}

    python {name} [CONTRACT.wasm]

Starts a node, plays the steps of the proof, and prints the receipt tree and the ledger. Another build of the contract may be
given. Exits with 0 where the fault is gone, with 1 where it is still there, with 2 where the script itself cannot run.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

{imports}

HERE = Path(__file__).parent
CONTRACT = Path(sys.argv[1]) if len(sys.argv) > 1 else None


async def fault_is_there() -> bool:
    """Play the steps; tell whether they end as they did in the audit."""
    async with start(node="embedded", protocol_version={protocol}) as near:
{making}

{steps}
        print(tx)
        print(tx.ledger)

{check}
        return found


if __name__ == "__main__":
    try:
        there = asyncio.run(fault_is_there())
    except HarnessError as error:
        print(f"{{type(error).__name__}}: {{error}}", file=sys.stderr)
        sys.exit(2)
    print("the fault is there" if there else "the fault is gone")
    sys.exit(int(there))
'''
_FAULTS = "near_harness.puppets.faults"
_HOMES = {
    **dict.fromkeys(("NEAR", "Gas", "HarnessError", "KeyPair", "TGas", "start", "yocto"), "near_harness"),
    **dict.fromkeys(("add_function_call_key", "delete_account"), "near_harness.actions"),
    "forging_code": "near_harness.audit.forgery",
    **dict.fromkeys(("HUGE_RESULT", "NO_RESULT", "PANIC", "WRONG_RESULT", "fault_code"), _FAULTS),
}
"""Where the names are that steps use."""


def write_scripts(report: Report, folder: Path) -> dict[str, Path]:
    """Write a script for each finding, and beside them the files that they read. Returns the paths by fingerprint.

    :raises OSError: where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if report.findings:
        for name, content in report.origin.files().items():
            (folder / name).write_bytes(content)
    return {finding.fingerprint: _write(report, finding, folder) for finding in report.findings}


def _write(report: Report, finding: Finding, folder: Path) -> Path:
    path = folder / f"{finding.slug}.py"
    path.write_text(script_of(report, finding), encoding="utf-8")
    return path


def script_of(report: Report, finding: Finding) -> str:
    """Return the text of a finding's script."""
    lines = [step.code() for step in finding.steps]
    last = max(number for number, step in enumerate(finding.steps) if isinstance(step, CallStep))
    lines = [line if number == last else line.removeprefix("tx = ") for number, line in enumerate(lines)]
    making, steps, check = report.origin.lines(), lines, list(finding.check)
    body = "\n".join((*making, *steps, *check))
    return _TEMPLATE.format(
        title=f"{finding.rule} ({finding.severity}): {report.contract}.{finding.method}",
        message="\n".join(wrap(finding.message + ".", 120)).replace("\\", "\\\\"),
        name=f"{finding.slug}.py",
        imports=_imports(body),
        protocol=report.protocol_version,
        making=_block(making),
        steps=_block(steps),
        check=_block(check),
    )


def _imports(body: str) -> str:
    wanted = [name for name in _HOMES if name in ("HarnessError", "start") or re.search(rf"\b{name}\b[(.,]", body)]
    modules: dict[str, list[str]] = {}
    for name in wanted:
        modules.setdefault(_HOMES[name], []).append(name)
    return "\n".join(f"from {module} import {', '.join(names)}" for module, names in modules.items())


def _block(lines: list[str]) -> str:
    return indent("\n".join(lines), " " * 8)
