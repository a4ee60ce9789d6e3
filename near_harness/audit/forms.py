"""A report for programs: JSON of its own, and SARIF 2.1.0 (OASIS), which code hosts and editors read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from near_harness.audit.findings import Finding, Rule, Severity
from near_harness.audit.pages import page, page_path
from near_harness.audit.text import NO_ABI
from near_harness.version import __version__

if TYPE_CHECKING:
    from near_harness.audit.report import Report

_SCHEMA = "near_harness/audit@1"
_SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_SCORES = {Severity.HIGH: "8.0", Severity.MEDIUM: "5.0", Severity.LOW: "2.0"}
"""What code hosts sort findings by (``security-severity``, from 0 to 10)."""


def as_json(report: Report, scripts: Mapping[str, Path]) -> str:
    """Write a report as JSON."""
    content = {
        "schema": _SCHEMA,
        "near_harness": __version__,
        "contract": report.contract,
        "protocol_version": report.protocol_version,
        "has_abi": report.has_abi,
        "seed": report.seed,
        "runs": report.runs,
        "rules": [rule.id for rule in report.rules],
        "findings": [_finding(report, finding, scripts) for finding in report.findings],
        "methods": [
            {
                "method": record.method.name,
                "tries": record.tries,
                "ways_in": len(record.entries),
                "private": record.private,
                "refusals": dict(record.refusals.most_common(5)),
            }
            for record in report.methods
        ],
        "not_entered": [record.method.name for record in report.not_entered],
        "notes": list(report.notes),
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _finding(report: Report, finding: Finding, scripts: Mapping[str, Path]) -> dict[str, Any]:
    script = scripts.get(finding.fingerprint)
    return {
        "rule": finding.rule,
        "name": report.rule(finding.rule).name,
        "severity": str(finding.severity),
        "method": finding.method,
        "message": finding.message,
        "fingerprint": finding.fingerprint,
        "known": finding.fingerprint in report.known,
        "steps": [str(step) for step in finding.steps],
        "tree": finding.tree,
        "ledger": finding.ledger,
        "script": str(script) if script is not None else None,
        "page": page_path(finding.rule),
    }


def as_sarif(report: Report, scripts: Mapping[str, Path]) -> str:
    """Write a report as SARIF 2.1.0, one run with one result for each finding; the contract's file is the place of all."""
    driver = {
        "name": "near-harness audit",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_sarif_rule(rule) for rule in report.rules],
    }
    notes = [
        {
            "level": "warning",
            "message": {"text": f"{record.method.name} could not be entered, nothing is known of it: {record.last_refusal}"},
        }
        for record in report.not_entered
    ]
    notes += [] if report.has_abi else [{"level": "warning", "message": {"text": NO_ABI}}]
    notes += [{"level": "warning", "message": {"text": note}} for note in report.notes]
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "artifacts": [_artifact(report)],
        "results": [_result(report, finding, scripts) for finding in report.findings],
    }
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _artifact(report: Report) -> dict[str, Any]:
    code = report.code
    return {
        "location": {"uri": report.source},
        "length": len(code),
        "mimeType": "application/wasm",
        "hashes": {"sha-256": hashlib.sha256(code).hexdigest()},
    }


def _sarif_rule(rule: Rule) -> dict[str, Any]:
    text = page(rule.id)
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": text.partition("\n")[0].removeprefix("# ").strip()},
        "fullDescription": {"text": rule.question[:1].upper() + rule.question[1:]},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "page": page_path(rule.id),
            "precision": "very-high",
            "security-severity": _SCORES[rule.severity],
            "tags": ["security", "smart-contract", "near"],
        },
    }


def _result(report: Report, finding: Finding, scripts: Mapping[str, Path]) -> dict[str, Any]:
    script = scripts.get(finding.fingerprint)
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(finding.steps, 1))
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": [rule.id for rule in report.rules].index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}.\n\n{steps}\n\n{finding.tree}"},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": report.source, "index": 0}, "region": {"startLine": 1}},
                "logicalLocations": [
                    {
                        "name": finding.method,
                        "fullyQualifiedName": f"{report.contract}.{finding.method}",
                        "kind": "function",
                    }
                ],
            }
        ],
        "partialFingerprints": {"nearHarnessAudit/v1": finding.fingerprint},
        "properties": {"page": page_path(finding.rule), "ledger": finding.ledger},
    }
    if script is not None:
        result["attachments"] = [
            {"description": {"text": "reproduces the finding"}, "artifactLocation": {"uri": script.as_posix()}}
        ]
    if finding.fingerprint in report.known:
        result["suppressions"] = [{"kind": "external", "justification": "it is in the baseline"}]
    return result
