"""``near-harness explore``: orders of receipts of a scenario in a Python file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from near_harness.cli.command import CONTEXT, FAILED, NO, Command, json_option, put, say

if TYPE_CHECKING:
    from near_harness.explore.scenarios import Explored

_OF_A_QUESTION = ("order", "faults", "max_schedules", "max_seconds", "all_findings", "seed", "sample")
_POSITIVE = click.IntRange(min=1)


def _places(_ctx: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    for place in given:
        file, _, name = place.partition("::")
        path = Path(file)
        if not file or ("::" in place and not name):
            raise click.BadParameter(f"{place!r} names no file, or nothing in it: write FILE.py or FILE.py::NAME")
        if not path.exists():
            raise click.BadParameter(f"{str(path)!r} does not exist")
        if path.is_file() and path.suffix != ".py":
            raise click.BadParameter(f"{str(path)!r} is no Python file: its name must end with .py")
    return given


@click.command("explore", cls=Command, context_settings=CONTEXT, short_help="Run a scenario in every order of its receipts.")
@click.argument("scenario", nargs=-1, required=True, callback=_places, type=click.Path())
@click.option("-k", "keyword", metavar="EXPRESSION", help="Only scenarios whose names fit, as pytest -k.")
@click.option("--order", type=click.Choice(["fifo", "any"]), help="Whether receipts of one sender overtake each other.")
@click.option("--sample", type=_POSITIVE, metavar="N", help="Draw N orders by lot instead of running all.")
@click.option("--seed", type=int, help="Seed of the orders that are drawn.")
@click.option("--max-orders", "max_schedules", type=_POSITIVE, help="Draw by lot where there are more.")
@click.option("--max-seconds", type=click.FloatRange(min=0, min_open=True), help="How long one exploration may take.")
@click.option("--faults", type=click.IntRange(min=0), metavar="N", help="Let up to N receipts go wrong in an order.")
@click.option("--stranger", metavar="NAME", help="Let this account call every method in between.")
@click.option("--time-outs", is_flag=True, default=None, help="Let yields end without data at any time.")
@click.option("--all-findings", is_flag=True, default=None, help="Go on after the first finding.")
@click.option(
    "--schedule",
    "--near-schedule",
    "schedule",
    metavar="LINE",
    help="Run this order and no other: 'near-schedule v1 fifo w0 w1 …'.",
)
@click.option("--workers", metavar="N|ADDRESS", help="So many processes, or the address of a dask.distributed scheduler.")
@click.option("--all-orders", is_flag=True, help="Exit with 1 also where not all orders were run.")
@click.option("--near-protocol", "protocol_version", help="Protocol version, or 'latest' (default: 86).")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the drawings of all findings to a page.")
@click.option("--save", "folder", type=click.Path(path_type=Path, file_okay=False), help="Folder for the files of each finding.")
@json_option
def command(scenario: tuple[str, ...], *, as_json: bool, html: Path | None, all_orders: bool, **options: Any) -> None:
    """Run the calls of a scenario in every order of their receipts that can matter, and report orders that break what must hold.

    SCENARIO is a Python file, a folder, or one function: tests/test_bank.py::test_race. Scenarios are tests that call
    near.explore, and functions of the same shape whose names begin with scenario; pytest's fixtures and conftest.py are there for
    them. Options stand in place of what the scenario says.

    Exit codes: 0 nothing was found; 1 something was, or something that was to happen never did; 2 a wrong command line; 3 a
    scenario could not be run.
    """
    from near_harness.explore.scenarios import Request, explore_scenarios  # noqa: PLC0415 - only where it runs

    around: dict[str, Any] = {"time_outs": True} if options["time_outs"] else {}
    with _workers(options["workers"]) as workers, _shown(hidden=as_json) as tell:
        around |= {"progress": tell} | ({} if workers is None else {"workers": workers})
        asked = {name: options[name] for name in _OF_A_QUESTION if options[name] is not None}
        beside = {name: options[name] for name in ("stranger", "schedule", "keyword", "protocol_version", "folder")}
        explored = explore_scenarios(Request(scenario, asked, around, **beside))
    _write(explored, html, as_json=as_json)
    sys.exit(_exit_code(explored, all_orders=all_orders))


def _workers(wanted: str | None) -> Any:
    if wanted is None:
        return nullcontext()
    from near_harness.campaign.workers import workers_at  # noqa: PLC0415 - an extra

    return workers_at(wanted)


@contextmanager
def _shown(*, hidden: bool) -> Iterator[Any]:
    """Show how far it is on standard error as it is now: pytest puts something else in its place."""
    from near_harness.progress import progress  # noqa: PLC0415 - only where it runs

    with (
        os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8") as file,
        progress("exploring, orders", hidden=hidden, file=file) as tell,
    ):
        yield tell


def _write(explored: Sequence[Explored], html: Path | None, *, as_json: bool) -> None:
    from near_harness.explore.forms import as_json as made  # noqa: PLC0415 - only where it runs

    for one in explored:
        if one.note:
            say(f"note: {one.name} {'ended with' if one.reports else 'explored nothing:'}\n{one.note}")
    findings = [finding for one in explored for report in one.reports for finding in report.findings]
    if html is not None and findings:
        from near_harness.explore.files import write_page  # noqa: PLC0415 - only where it is asked for

        write_page(html, findings)
        say(f"the drawings are in {html}")
    elif html is not None:
        say(f"nothing was found: {html} is not written")
    if as_json or any(one.reports for one in explored):
        put(made(explored), lambda: _text(explored), as_json=as_json)


def _text(explored: Sequence[Explored]) -> str:
    parts = []
    for one in explored:
        reports: Mapping[int, Any] = dict(enumerate(one.reports, start=1))
        parts += [f"{one.name}{f' ({number})' if len(reports) > 1 else ''}: {report}" for number, report in reports.items()]
    return "\n\n".join(parts)


def _exit_code(explored: Sequence[Explored], *, all_orders: bool) -> int:
    reports = [report for one in explored for report in one.reports]
    if any(not one.reports for one in explored):
        return FAILED
    found = any(report.found for report in reports)
    unfinished = any(not report.exhaustive and not report.replayed for report in reports)
    return NO if found or (all_orders and unfinished) else 0
