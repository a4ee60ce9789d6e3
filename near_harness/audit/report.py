"""What an audit says: its findings, and what it could and could not try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from near_harness.audit.findings import Finding, Rule, Severity

if TYPE_CHECKING:
    from near_harness.audit.survey import MethodRecord
    from near_harness.audit.world import Origin


@dataclass(frozen=True)
class Report:
    """The result of one audit. ``runs`` counts the different runs that were judged, ``known`` are fingerprints of a baseline."""

    contract: str
    source: str
    """Where the contract's code came from: the path of its file, or its account."""
    code: bytes = field(repr=False)
    has_abi: bool
    """Whether the contract says what its methods take; else their arguments were guessed from what they refused."""
    findings: tuple[Finding, ...]
    methods: tuple[MethodRecord, ...]
    rules: tuple[Rule, ...]
    runs: int
    seed: int
    protocol_version: int
    origin: Origin = field(repr=False)
    known: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    """What is to be known of the chain of the audit: contracts that nobody initialised, for instance."""

    @property
    def not_entered(self) -> tuple[MethodRecord, ...]:
        """Methods that no call got into: nothing is known of them."""
        return tuple(record for record in self.methods if not record.entries and not record.private)

    @property
    def new(self) -> tuple[Finding, ...]:
        """The findings that are in no baseline."""
        return tuple(finding for finding in self.findings if finding.fingerprint not in self.known)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of just this severity."""
        return tuple(finding for finding in self.findings if finding.severity == severity)

    def failing(self, least: Severity) -> tuple[Finding, ...]:
        """The new findings of a severity, or worse."""
        return tuple(finding for finding in self.new if finding.severity >= least)

    def rule(self, rule_id: str) -> Rule:
        """Return one of the rules by its id."""
        return next(rule for rule in self.rules if rule.id == rule_id)

    def with_known(self, fingerprints: frozenset[str]) -> Report:
        """Return the report with the findings of a baseline marked as known."""
        return replace(self, known=fingerprints & {finding.fingerprint for finding in self.findings})

    def write_scripts(self, folder: str | Path) -> Mapping[str, Path]:
        """Write a reproducing script for each finding. Returns the paths, by the findings' fingerprints.

        :raises OSError: where the folder cannot be written.
        """
        from near_harness.audit.scripts import write_scripts  # noqa: PLC0415 - needed for findings only

        return write_scripts(self, Path(folder))

    def assert_clean(self, least: Severity = Severity.LOW) -> None:
        """Fail a test where the contract has findings of a severity, or worse; the text has the proofs.

        :raises AssertionError: with the whole report.
        """
        if self.failing(least):
            raise AssertionError(str(self))

    def __str__(self) -> str:
        from near_harness.audit.text import report_text  # noqa: PLC0415 - rich is loaded where something is printed

        return report_text(self)
