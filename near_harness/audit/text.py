"""A report for people: each finding with its proof, then what could not be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from near_harness.audit.findings import Severity
from near_harness.render.plain import plain_text

if TYPE_CHECKING:
    from near_harness.audit.findings import Finding
    from near_harness.audit.report import Report
    from near_harness.audit.survey import MethodRecord

_STYLES = {Severity.HIGH: "bold red", Severity.MEDIUM: "bold yellow", Severity.LOW: "bold cyan"}
NO_ABI = "the contract has no ABI, so arguments were guessed: --call gives examples, cargo near build embeds an ABI"


def report_text(report: Report, scripts: Mapping[str, Path] | None = None) -> str:
    """Draw a report as plain text."""
    return plain_text(drawn(report, scripts))


def drawn(report: Report, scripts: Mapping[str, Path] | None = None) -> RenderableType:
    """Draw a report for a rich console. ``scripts`` are the paths of the findings' scripts, by fingerprint."""
    parts: list[RenderableType] = []
    for finding in report.findings:
        parts += [_finding(report, finding, (scripts or {}).get(finding.fingerprint)), Text()]
    notes = [Text(f"note: {note}", "yellow") for note in report.notes]
    parts += [_methods(report), Text(), *notes, _summary(report)]
    return Group(*parts)


def _finding(report: Report, finding: Finding, script: Path | None) -> RenderableType:
    rule = report.rule(finding.rule)
    head = Text.assemble(
        (f"{finding.rule} {rule.name}", "bold"),
        "  ",
        (str(finding.severity), _STYLES[finding.severity]),
        f"  {report.contract}.{finding.method}",
    )
    known = [Text("known: it is in the baseline", "dim")] if finding.fingerprint in report.known else []
    steps = [Text(f"{number}. {step}") for number, step in enumerate(finding.steps, 1)]
    ends = [f"explained: near-harness audit --explain {finding.rule}"]
    ends += [f"script: {script}"] if script is not None else []
    proof = Group(*steps, Text(finding.tree), Text(finding.ledger), *(Text(end, "dim") for end in ends))
    return Group(head, Padding(Group(Text(finding.message + "."), *known), (0, 0, 0, 2)), Padding(proof, (0, 0, 0, 4)))


def _methods(report: Report) -> RenderableType:
    table = Table("method", "calls tried", "ways in", "", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for record in report.methods:
        note = _note(record, report.contract)
        table.add_row(
            record.method.name, str(record.tries), str(len(record.entries)), Text(note, "" if record.private else "yellow")
        )
    return table


def _note(record: MethodRecord, contract: str) -> str:
    if record.private:
        return "private: left to the contract itself"
    if not record.entries:
        return f"NOT ENTERED: {record.last_refusal}"
    own = all(entry.call.signer == contract for entry in record.entries)
    return f"entered by the contract's own account only; a user hears: {record.last_refusal}" if own else ""


def _summary(report: Report) -> Text:
    counts = [f"{len(several)} {severity}" for severity in reversed(Severity) if (several := report.of(severity))]
    found = f"{len(report.findings)} finding{'s' * (len(report.findings) != 1)}" + (f" ({', '.join(counts)})" if counts else "")
    known = f", {len(report.known)} of them known" if report.known else ""
    guessed = "" if report.has_abi else f"; {NO_ABI}"
    missed = f"; {len(report.not_entered)} could not be entered: nothing is known of them" if report.not_entered else ""
    return Text(
        f"{report.contract}: {found}{known} in {report.runs} different runs of {len(report.methods)} methods, "
        f"{len(report.rules)} rules, seed {report.seed}, protocol {report.protocol_version}{missed}{guessed}"
    )
