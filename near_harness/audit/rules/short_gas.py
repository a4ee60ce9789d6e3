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
_PRECISION, _USUAL = TGas("0.2"), TGas(40)


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
    """For each callback the way into the method in which it burns most, where nothing fails, and where something does."""
    found: dict[tuple[str, bool], tuple[Gas, Entry]] = {}
    varied = [entry for entry in auditor.varied if entry.call.method == method]
    for entry in (*auditor.survey.records[method].entries, *varied):
        for callback in entry.callbacks:
            key = (callback.method, entry.clean)
            if key not in found or found[key][0] < callback.burnt:
                found[key] = (callback.burnt, entry)
    return list({id(entry): entry for _, entry in found.values()}.values())


async def _least(auditor: Auditor, entry: Entry) -> Gas:
    fails, works = 0, int(entry.call.gas)
    if await _enters(auditor, entry, _USUAL):
        works = int(_USUAL)  # fewer turns
    while works - fails > int(_PRECISION):
        middle = (fails + works) // 2
        fails, works = (fails, middle) if await _enters(auditor, entry, Gas(middle)) else (middle, works)
    return Gas(works)


async def _enters(auditor: Auditor, entry: Entry, gas: Gas) -> bool:
    async with played(auditor.world, *entry.past, entry.call.with_gas(gas)) as run:
        return run.entered


SHORT_GAS = Rule(
    _ID, "short-gas", Severity.HIGH, "does a callback have enough gas, whatever the call carries?", judge=_judge, probe=_probe
)
