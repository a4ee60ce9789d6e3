"""NH005: a callback that runs out of gas."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING

from near_harness.audit.findings import Finding, Rule, Severity
from near_harness.audit.runs import played
from near_harness.outcome.failures.calls import GasExceeded
from near_harness.units import Gas, TGas

if TYPE_CHECKING:
    from near_harness.audit.auditor import Auditor
    from near_harness.audit.runs import Run
    from near_harness.audit.survey import Entry

_ID = "NH005"
_PRECISION = TGas("0.2")


def _judge(run: Run) -> Iterable[Finding]:
    for callback in run.failed_callbacks:
        if not isinstance(callback.how_failed, GasExceeded) or callback.method is None:
            continue
        harm = ", and the deposit stays in the contract" if run.keeps_deposit else ""
        message = (
            f"{run.call.method} leaves its callback {callback.method} too little gas: {callback.gas.short} are used up before it "
            f"is done, with {run.call.gas.short} attached to the call{harm}"
        )
        severity = Severity.HIGH if harm else Severity.MEDIUM
        check = (
            f"callbacks = tx.find({run.world.contract_id!r}, {callback.method!r}, status='failed')",
            "print(*(callback.failure.message for callback in callbacks), sep='\\n')",
            "found = any(callback.failure.name == 'GasExceeded' for callback in callbacks)",
        )
        yield run.finding(_ID, severity, run.call.method, message, check, detail=callback.method)


async def _probe(auditor: Auditor) -> AsyncIterator[Finding]:
    """Attach the least gas with which the method itself still gets through: its callbacks get no more than they are given."""
    for method in auditor.survey.records:
        for entry in _with_callbacks(auditor, method):
            least = await _least(auditor, entry)
            async with played(auditor.world, *entry.past, entry.call.with_gas(least)) as run:
                for finding in _judge(run):
                    yield finding


def _with_callbacks(auditor: Auditor, method: str) -> list[Entry]:
    """One way into the method for each callback, where nothing failed, and one where something did."""
    found: dict[tuple[str, bool], Entry] = {}
    for entry in auditor.survey.records[method].entries:
        for callback in entry.callbacks:
            found.setdefault((callback, entry.clean), entry)
    return list({id(entry): entry for entry in found.values()}.values())


async def _least(auditor: Auditor, entry: Entry) -> Gas:
    fails, works = 0, int(entry.call.gas)
    while works - fails > int(_PRECISION):
        middle = (fails + works) // 2
        async with played(auditor.world, *entry.past, entry.call.with_gas(Gas(middle))) as run:
            entered = run.entered
        fails, works = (fails, middle) if entered else (middle, works)
    return Gas(works)


SHORT_GAS = Rule(
    _ID, "short-gas", Severity.HIGH, "does a callback have enough gas, whatever the call carries?", judge=_judge, probe=_probe
)
