"""``near-harness audit``: faults of a contract, each shown by running it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from near_harness.cli.command import CONTEXT, NO, Command, say

if TYPE_CHECKING:
    from near_harness.audit.report import Report

_FORMATS = ("text", "json", "sarif")
_FAIL_ON = ("low", "medium", "high", "never")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _explain(ctx: click.Context, _parameter: click.Parameter, rule: str | None) -> None:
    if rule is None or ctx.resilient_parsing:
        return
    from near_harness.audit.pages import page  # noqa: PLC0415 - imported where it is needed, as all below
    from near_harness.audit.rules import rule_of  # noqa: PLC0415
    from near_harness.errors import BadInput  # noqa: PLC0415

    try:
        found = rule_of(rule)
    except BadInput as error:
        raise click.BadParameter(str(error), ctx=ctx, param=_parameter) from None
    click.echo(page(found.id).rstrip())
    ctx.exit()


def _list_rules(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from near_harness.audit.rules import RULES  # noqa: PLC0415

    for rule in RULES:
        click.echo(f"{rule.id}  {rule.name:24} {rule.severity!s:7} {rule.question}")
    ctx.exit()


@click.command("audit", cls=Command, context_settings=CONTEXT, short_help="Find faults of a contract by running it.")
@click.argument("contract", type=_FILE)
@click.option("--init", help="Method that initialises the contract (default: one of the ABI's, with sample arguments).")
@click.option("--args", "init_args", default="{}", show_default=True, help="JSON arguments of --init.")
@click.option("--with", "others", multiple=True, metavar="NAME=FILE", help="Another contract, on the account NAME.sandbox.")
@click.option(
    "--call", "calls", type=(str, str, str), multiple=True, metavar="METHOD JSON DEPOSIT", help="An example call, by alice."
)
@click.option("--setup", type=_FILE, help="Python file whose `async def setup(near, wasm)` returns what is to be audited.")
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Only this rule, by id or name (default: all).")
@click.option(
    "--tries", type=click.IntRange(min=1), default=36, show_default=True, help="Calls to try for each method and state."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the sample arguments' mixtures.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True, help="Form of the report.")
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to a file.")
@click.option(
    "--scripts", type=click.Path(file_okay=False, path_type=Path), help="Folder for a reproducing script of each finding."
)
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help="File of known findings: they do not fail.")
@click.option("--write-baseline", is_flag=True, help="Write all findings to --baseline, instead of failing.")
@click.option("--fail-on", type=click.Choice(_FAIL_ON), default="low", show_default=True, help="Least severity that fails.")
@click.option("--near-protocol", "protocol_version", help="Protocol version, or 'latest' (default: 86).")
@click.option("--explain", metavar="RULE", callback=_explain, is_eager=True, expose_value=False, help="Print a rule's page.")
@click.option("--list", is_flag=True, callback=_list_rules, is_eager=True, expose_value=False, help="List the rules.")
def command(contract: Path, **options: Any) -> None:
    """Enter the methods of CONTRACT (a .wasm file) with sample arguments, let what it calls fail, and report proven faults.

    Each finding has its receipt tree, and its script with --scripts. Methods that could not be entered are named: nothing is
    known of them; --with, --call and --setup lead further.

    Exit codes: 0 no new findings of --fail-on or worse; 1 there are; 2 a wrong command line; 3 the contract could not be audited.
    """
    from near_harness.audit.baseline import read_baseline  # noqa: PLC0415
    from near_harness.audit.errors import CannotWrite  # noqa: PLC0415
    from near_harness.audit.of_file import Request, audit_file  # noqa: PLC0415
    from near_harness.errors import BadInput, InvalidContractCode  # noqa: PLC0415
    from near_harness.progress import progress  # noqa: PLC0415

    baseline: Path | None = options["baseline"]
    if options["write_baseline"] and baseline is None:
        raise click.UsageError("--write-baseline needs --baseline FILE")
    for written in (options["output"], baseline if options["write_baseline"] else None):
        if written is not None and not written.parent.is_dir():  # said before the work, not after it
            raise CannotWrite(f"{written}: there is no folder {written.parent}")
    asked = {name: options[name] for name in ("init", "calls", "setup", "rules", "tries", "seed", "protocol_version")}
    try:
        known = frozenset() if baseline is None or options["write_baseline"] else read_baseline(baseline)
        request = Request(contract, args=options["init_args"], others=_others(options["others"]), **asked)
        with progress(f"auditing {contract}, runs", hidden=options["form"] == "json") as tell:
            report = audit_file(request, tell)
        _finish(report.with_known(known), options)
    except InvalidContractCode:
        raise  # the command line is right, the contract is not
    except BadInput as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        if error.filename is None:  # standard output
            raise
        raise CannotWrite(f"{error.filename}: {error.strerror}") from error


def _others(named: tuple[str, ...]) -> dict[str, Path]:
    found = {}
    for one in named:
        name, separator, path = one.partition("=")
        if not separator or not Path(path).is_file():
            raise click.BadParameter(f"{one!r}: write NAME=FILE.wasm, with a file that exists", param_hint="--with")
        found[name] = Path(path)
    return found


def _finish(report: Report, options: dict[str, Any]) -> None:
    from near_harness.audit.baseline import write_baseline  # noqa: PLC0415
    from near_harness.audit.findings import Severity  # noqa: PLC0415

    if options["write_baseline"]:
        write_baseline(options["baseline"], report)
        say(f"{options['baseline']}: {len(report.findings)} findings")
        report = report.with_known(frozenset(finding.fingerprint for finding in report.findings))
    scripts = report.write_scripts(options["scripts"]) if options["scripts"] else {}
    _write(report, scripts, options)
    if options["fail_on"] != "never" and report.failing(Severity[options["fail_on"].upper()]):
        sys.exit(NO)


def _write(report: Report, scripts: Any, options: dict[str, Any]) -> None:
    from near_harness.audit.forms import as_json, as_sarif  # noqa: PLC0415
    from near_harness.audit.text import drawn, report_text  # noqa: PLC0415

    output: Path | None = options["output"]
    if options["form"] == "text" and output is None and sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415

        Console(highlight=False, markup=False, emoji=False).print(drawn(report, scripts))
        return
    makers = {"text": report_text, "json": as_json, "sarif": as_sarif}
    text = makers[options["form"]](report, scripts)
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")
        say(f"{output}: {len(report.findings)} findings in {report.contract}")
