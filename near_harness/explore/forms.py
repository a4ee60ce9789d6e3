"""Explorations as JSON: ``near_harness/explore@1``.

``found`` says whether anything was, ``exhaustive`` whether all orders were run. ``scenarios`` have their ``name``, a ``note``
where the scenario itself ended badly (else null), and ``explorations``: ``summary``, ``order``, ``orders``, ``sampled``,
``receipts``, ``exhaustive``, ``replayed``, ``seconds``, ``never`` (what was to happen sometimes and did not) and ``findings``. A
finding has ``oracle``, ``text``, ``schedule``, ``transactions``, ``trace`` and ``good`` as in the files that are written
(:mod:`near_harness.explore.files`), and ``page``, where one was written.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from near_harness.explore.report import Finding, Report
    from near_harness.explore.scenarios import Explored

SCHEMA = "near_harness/explore@1"


def as_json(explored: Sequence[Explored]) -> dict[str, Any]:
    """What several scenarios gave, as JSON has it."""
    reports = [report for one in explored for report in one.reports]
    return {
        "schema": SCHEMA,
        "found": any(report.found for report in reports),
        "exhaustive": bool(reports) and all(report.exhaustive for report in reports),
        "scenarios": [
            {"name": one.name, "note": one.note or None, "explorations": [_report(report) for report in one.reports]}
            for one in explored
        ],
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "summary": report.summary,
        "order": report.order,
        "orders": report.orders,
        "sampled": report.sampled,
        "receipts": report.receipts,
        "exhaustive": report.exhaustive,
        "replayed": report.replayed,
        "seconds": round(report.seconds, 3),
        "never": list(report.never),
        "findings": [_finding(finding, page) for finding, page in itertools.zip_longest(report.findings, report.pages)],
    }


def _finding(finding: Finding, page: str | None) -> dict[str, Any]:
    return {**finding.as_json(), "transactions": list(finding.transactions), "page": page}
