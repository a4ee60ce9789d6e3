"""``near-harness gas``: what is in a gas file, and what differs between two."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from near_harness.cli.command import CONTEXT, NO, Command, CommandGroup, json_option, put

_FILE = click.Path(path_type=Path, dir_okay=False)
_DEFAULT = Path(".near-gas")


@click.group("gas", cls=CommandGroup, context_settings=CONTEXT, short_help="Look at gas files, and compare two.")
def command() -> None:
    """Look at gas files, which pytest --near-gas-update writes: what each test burnt in each method."""


@command.command("show", cls=Command, context_settings=CONTEXT, short_help="Show what is in a gas file.")
@click.argument("file", type=_FILE, default=_DEFAULT)
@click.option("--by", type=click.Choice(["test", "method"]), default="test", help="Add up by test or by method.")
@json_option
def show(*, file: Path, by: str, as_json: bool) -> None:
    """Show what is in a gas FILE (.near-gas by default), the most expensive first."""
    from near_harness.gas.record import read_file  # noqa: PLC0415 - only where it runs

    sums: dict[str, int] = {}
    for (test, method), gas in read_file(file).items():
        name = test if by == "test" else method
        sums[name] = sums.get(name, 0) + gas
    ordered = dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
    put({"schema": "near_harness/gas@1", "by": by, "gas": ordered}, lambda: _table(ordered), as_json=as_json)


@command.command("diff", cls=Command, context_settings=CONTEXT)
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE, default=_DEFAULT)
@click.option("--tolerance", type=click.FloatRange(min=0), default=0.0, show_default=True, help="Percent that do not count.")
@json_option
def diff(*, old: Path, new: Path, tolerance: float, as_json: bool) -> None:
    """Show what differs between two gas files. Exits with 1 where something does.

    To compare with what is committed: git show main:.near-gas > old && near-harness gas diff old
    """
    from near_harness.gas.record import differences, read_file  # noqa: PLC0415 - only where it runs

    before, now = read_file(old), read_file(new)
    found = differences(before, now, tolerance, every_test=True)
    result = {
        "schema": "near_harness/gas_diff@1",
        "before": sum(before.values()),
        "now": sum(now.values()),
        "differences": [
            {"test": one.test, "method": one.method, "before": one.before, "now": one.now, "percent": one.percent}
            for one in found
        ],
    }
    put(result, lambda: "\n".join(map(str, found)) or "no differences", as_json=as_json)
    sys.exit(NO if found else 0)


def _table(sums: dict[str, Any]) -> str:
    from near_harness.units import Gas  # noqa: PLC0415

    shown = [(Gas(gas).short, name) for name, gas in sums.items()]
    width = max((len(gas) for gas, _ in shown), default=0)
    return "\n".join(f"{gas:>{width}}  {name}" for gas, name in shown) or "nothing burnt gas"
