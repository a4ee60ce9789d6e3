"""NH006: a promise that fails, and nobody reads its result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from near_harness.audit.findings import Finding, Rule, Severity

if TYPE_CHECKING:
    from near_harness.audit.runs import Run
    from near_harness.outcome import Receipt

_ID = "NH006"


def _judge(run: Run) -> Iterable[Finding]:
    for promise in run.failed_promises:
        maker = promise.parent
        if run.is_heard(promise) or promise.receiver == run.call.signer or maker is None or maker.method is None:
            continue
        effects = _effects(run, promise, maker)
        if not effects:
            continue  # whether it succeeds makes no difference to anybody
        message = f"{maker.method} does not read what became of {run.told(promise)}: when it fails, {' and '.join(effects)}"
        severity = Severity.HIGH if len(effects) > 1 else Severity.MEDIUM
        yield run.finding(_ID, severity, maker.method, message, _check(run, promise), detail=promise.method or "transfer")


def _effects(run: Run, promise: Receipt, maker: Receipt) -> list[str]:
    effects = []
    if run.comes_back(promise):
        effects.append(f"the contract gets the {promise.deposit} back and does not know")
    if run.kept_by(maker):
        effects.append("what the method wrote says that it succeeded")
    return effects


def _check(run: Run, promise: Receipt) -> tuple[str, ...]:
    """The lines of a script: a promise has failed, and no receipt waits for its result."""
    criteria = f"method={promise.method!r}" if promise.method else "kind='transfer'"
    return (
        f"promises = tx.find({promise.receiver!r}, {criteria}, predecessor={run.world.contract_id!r}, status='failed')",
        "unread = [one for one in promises if not one.output_data and one.parent.result_of != one.id]",
        "found = tx.succeeded and bool(unread)  # it failed, and the transaction is a success all the same",
    )


UNREAD_PROMISE = Rule(
    _ID, "unread-promise", Severity.HIGH, "does somebody read the results of promises that matter?", judge=_judge
)
