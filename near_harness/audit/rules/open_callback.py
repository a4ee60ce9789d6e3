"""NH001: a callback that a stranger may call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from near_harness.arguments import encode_arguments
from near_harness.audit.findings import Finding, Rule, Severity
from near_harness.audit.runs import Run, played
from near_harness.audit.steps import CallStep

if TYPE_CHECKING:
    from near_harness.audit.auditor import Auditor

_ID = "NH001"
_SAMPLES = 12
_CHECK = ("found = tx.root.arrived  # the stranger's call was not refused",)


async def _probe(auditor: Auditor) -> AsyncIterator[Finding]:
    for method in _callbacks(auditor):
        for args in _arguments(auditor, method):
            call = CallStep(auditor.world.stranger.id, auditor.world.contract_id, method, args)
            async with played(auditor.world, call) as run:
                if run.entered:
                    yield _finding(run, method)
                    break


def _callbacks(auditor: Auditor) -> list[str]:
    """Methods that were seen to run as callbacks, and those that take results of promises by the ABI."""
    methods = auditor.world.interface.methods or {}
    declared = [method.name for method in methods.values() if method.answers]
    return list(dict.fromkeys((*auditor.callbacks, *declared)))


def _arguments(auditor: Auditor, name: str) -> Iterator[bytes]:
    yield from auditor.callbacks.get(name, ())
    method = (auditor.world.interface.methods or {})[name]
    for args in auditor.survey.samples.arguments(method, _SAMPLES):
        yield encode_arguments(args, name)


def _finding(run: Run, method: str) -> Finding:
    effects = [text for does, text in ((run.changed, "changes its state"), (bool(run.made), "sends receipts")) if does]
    severity = Severity.HIGH if effects else Severity.LOW
    effect = f", which {' and '.join(effects)}" if effects else ""
    message = f"{method} is a callback, and {run.call.signer}, a stranger, may call it{effect}"
    return run.finding(_ID, severity, method, message, _CHECK)


OPEN_CALLBACK = Rule(_ID, "open-callback", Severity.HIGH, "may a stranger call a callback?", probe=_probe)
