"""What an audit finds: rules with stable ids, and findings that carry their proof."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from near_harness.audit.steps import CallStep, last_call

if TYPE_CHECKING:
    from near_harness.audit.auditor import Auditor
    from near_harness.audit.runs import Run
    from near_harness.audit.steps import Step


class Severity(IntEnum):
    """How bad a finding is; ordered."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Finding:
    """A fault that was shown by running the contract.

    ``method`` is the contract's method at fault, ``detail`` what else tells two findings of a rule and method apart;
    ``steps`` lead to the fault from the set-up, and the last of them is the transaction ``tx``. ``check`` are lines of Python
    that set ``found`` from ``tx``: the script of the finding ends with them. ``tree`` and ``ledger`` are drawn from the
    transaction of the proof; of a large one, some receipts and accounts, with how many were left out.
    """

    rule: str
    severity: Severity
    method: str
    message: str
    steps: tuple[Step, ...]
    check: tuple[str, ...]
    detail: str = ""
    tree: str = field(default="", repr=False)
    ledger: str = field(default="", repr=False)

    @property
    def call(self) -> CallStep:
        """The call that shows the fault."""
        return last_call(self.steps)

    @property
    def fingerprint(self) -> str:
        """What stays the same from audit to audit, whatever accounts and arguments the proof happens to use."""
        return hashlib.sha256(f"{self.rule} {self.method} {self.detail}".encode()).hexdigest()[:16]

    @property
    def slug(self) -> str:
        """A name for files: the rule, the method and the detail."""
        return "-".join(part for part in (self.rule, self.method, self.detail) if part).replace("/", "_").replace(":", "_")


@dataclass(frozen=True)
class Rule:
    """A rule of the audit.

    ``judge`` looks at a run that somebody else made, ``probe`` makes runs of its own; a rule has one or both. ``deepen`` shows
    more of what a finding means, where it can. ``severity`` is the highest that its findings have; ``question`` is what the
    audit asks of the contract.
    """

    id: str
    name: str
    severity: Severity
    question: str
    judge: Callable[[Run], Iterable[Finding]] | None = None
    probe: Callable[[Auditor], AsyncIterator[Finding]] | None = None
    deepen: Callable[[Auditor, Finding], Awaitable[Finding]] | None = None
