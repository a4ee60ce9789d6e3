"""Audits: faults of a contract that are shown by running it.

``report = await near.audit(contract)`` in a test, ``near-harness audit contract.wasm`` in a shell.
"""

from near_harness.audit.errors import CannotAudit
from near_harness.audit.findings import Finding, Rule, Severity
from near_harness.audit.report import Report
from near_harness.audit.subject import Subject

__all__ = ["CannotAudit", "Finding", "Report", "Rule", "Severity", "Subject"]
