"""NH007: what a callback that fails leaves behind: state, locks, money."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from near_harness.audit.findings import Finding, Rule, Severity
from near_harness.audit.rules.kept_state import kept_state_check, keys_text
from near_harness.audit.runs import played
from near_harness.audit.steps import CallStep, Step
from near_harness.outcome.failures.calls import GasExceeded
from near_harness.units import NEAR

if TYPE_CHECKING:
    from near_harness.audit.auditor import Auditor
    from near_harness.audit.runs import Run

_ID = "NH007"
_DEPOSIT = NEAR(1)


def _judge(run: Run) -> Iterable[Finding]:
    failed = [callback for callback in run.failed_callbacks if not isinstance(callback.how_failed, GasExceeded)]
    left = _left(run)
    if not failed or not left:
        return
    callback, method = failed[0], run.call.method
    said = callback.how_failed.message if callback.how_failed else ""
    message = f"the callback {callback.method} of {method} fails ({said}), and {' and '.join(left)}"
    severity = Severity.HIGH if run.keeps_deposit else Severity.MEDIUM
    check = kept_state_check(run) if run.kept else _money_check(run)
    yield run.finding(_ID, severity, method, message, check, detail=callback.method or "")


def _left(run: Run) -> list[str]:
    left = [f"what the method wrote before stays ({keys_text(run.kept)})"] if run.kept else []
    if run.keeps_deposit and (run.kept or not run.notes_deposit):
        left.append(f"the deposit of {run.call.deposit} stays in the contract")
    return left


def _money_check(run: Run) -> tuple[str, ...]:
    return (
        f"kept = tx.ledger.rows[{run.world.contract_id!r}].net",
        "print(f'the contract keeps {kept}')",
        f"found = bool(tx.failed_receipts) and kept >= {run.call.deposit!r}",
    )


async def _probe(auditor: Auditor) -> AsyncIterator[Finding]:
    """Call with a deposit what is known without one, where something fails, to see whose the money is then."""
    for entry in auditor.entries():
        if entry.clean or entry.call.deposit or entry.call.signer != auditor.world.user.id:
            continue
        async with played(auditor.world, *entry.past, replace(entry.call, deposit=_DEPOSIT)) as run:
            found = list(_judge(run)) if run.entered else []
        for finding in found:
            yield finding


async def _deepen(auditor: Auditor, finding: Finding) -> Finding:
    """Show that it is a lock: after the failure another user is refused, who is let in before it and after a success."""
    world, call = auditor.world, finding.call
    other = replace(call, signer=world.users[1].id)
    steps = finding.steps[len(world.past) :]
    clean = next((entry for entry in auditor.survey.records[call.method].entries if entry.clean), None)
    if clean is None or not await _enters(auditor, other) or not await _enters(auditor, *clean.past, clean.call, other):
        return finding
    async with played(world, *steps, other) as run:
        if run.entered:
            return finding
        said = run.root.how_failed.message if run.root.how_failed else ""
        message = f"{finding.message}. It is a lock: {other.signer} is refused from then on ({said})"
        check = ("found = tx.failed  # another user is refused, who was let in before",)
        return run.finding(_ID, Severity.HIGH, finding.method, message, check, detail=finding.detail)


async def _enters(auditor: Auditor, *steps: Step) -> bool:
    async with played(auditor.world, *steps) as run:
        return run.entered and isinstance(run.steps[-1], CallStep)


FAILED_CALLBACK = Rule(
    _ID,
    "failed-callback",
    Severity.HIGH,
    "does a callback that fails leave state, a lock or money behind?",
    judge=_judge,
    probe=_probe,
    deepen=_deepen,
)
