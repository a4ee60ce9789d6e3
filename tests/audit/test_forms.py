"""The report for programs: SARIF as its standard wants it, and JSON with everything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from audit.conftest import CONTRACTS, Audited
from pydantic import BaseModel, ValidationError
from sarif_pydantic import Sarif

from near_harness.audit import Report
from near_harness.audit.forms import as_json, as_sarif


@pytest.fixture(scope="module")
def report(audited: Audited) -> Report:
    return audited("deposit_demo")


def _sarif(report: Report) -> Any:
    return json.loads(as_sarif(report, {}))


_LEFT_OUT = ("$schema", "toolExecutionNotifications")
"""What the standard has (invocation: 3.20.21), and these models have not."""


def _unknown(model: Any) -> Iterator[str]:
    """Properties that the standard does not have; within ``properties`` everything goes."""
    if isinstance(model, BaseModel):
        yield from (f"{type(model).__name__}.{name}" for name in model.model_extra or {} if name not in _LEFT_OUT)
        yield from (found for name, part in model if name != "properties" for found in _unknown(part))
    elif isinstance(model, (list, tuple)):
        yield from (found for part in model for found in _unknown(part))


def test_sarif_keeps_to_its_schema(report: Report) -> None:
    assert list(_unknown(Sarif.model_validate(_sarif(report)))) == []


def test_the_check_sees_what_is_wrong(report: Report) -> None:
    for wrong in ({"message": None}, {"level": "high"}, {"ruleIndex": "first"}):
        sarif = _sarif(report)
        sarif["runs"][0]["results"][0].update(wrong)
        with pytest.raises(ValidationError):
            Sarif.model_validate(sarif)
    sarif = _sarif(report)
    sarif["runs"][0]["results"][0]["severity"] = "high"
    assert list(_unknown(Sarif.model_validate(sarif))) == ["Result.severity"]


def test_sarif_names_rule_place_and_proof(report: Report) -> None:
    (run,) = _sarif(report)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [result["ruleId"] for result in run["results"]] == [finding.rule for finding in report.findings] != []
    for result, finding in zip(run["results"], report.findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == finding.rule
        assert result["level"] == "error"
        assert finding.tree in result["message"]["text"]
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"].endswith("compiled/deposit_demo.wasm")
        assert place["logicalLocations"][0]["fullyQualifiedName"] == f"deposit_demo.sandbox.{finding.method}"
        assert result["partialFingerprints"] == {"nearHarnessAudit/v1": finding.fingerprint}
    code = (CONTRACTS / "deposit_demo.wasm").read_bytes()
    assert run["artifacts"][0]["hashes"]["sha-256"] == hashlib.sha256(code).hexdigest()
    for rule in rules:
        assert rule["help"]["markdown"].startswith(f"# {rule['id']}: {rule['shortDescription']['text'].partition(': ')[2]}")


def test_sarif_tells_what_could_not_be_entered(report: Report) -> None:
    (note,) = _sarif(report)["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("refuse could not be entered, nothing is known of it: ContractPanic")


def test_known_findings_are_suppressed(report: Report) -> None:
    first = report.findings[0].fingerprint
    results = _sarif(report.with_known(frozenset({first, "of another contract"})))["runs"][0]["results"]
    assert [result["partialFingerprints"]["nearHarnessAudit/v1"] for result in results if "suppressions" in result] == [first]


def test_json_tells_everything(report: Report) -> None:
    scripts = {report.findings[0].fingerprint: Path("faults/first.py")}
    told = json.loads(as_json(report, scripts))
    assert told["schema"] == "near_harness/audit@1"
    assert [finding["rule"] for finding in told["findings"]] == ["NH003", "NH005"]
    first, second = told["findings"]
    assert (first["method"], first["severity"], first["page"]) == ("forgets", "high", "rules/NH003.md")
    assert (first["script"], second["script"]) == ("faults/first.py", None)
    assert "refund 1 NEAR to deposit_demo.sandbox" in first["tree"]
    assert told["not_entered"] == ["refuse"]
    assert {method["method"] for method in told["methods"]} >= {"accept", "give_back", "refuse"}
