"""NH001: a callback that a stranger may call."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from near_harness.audit.findings import Finding, Rule, Severity
from near_harness.audit.forgery import FORGE, forging_code
from near_harness.audit.runs import Run, played
from near_harness.audit.steps import CallStep, NewCodeStep, python_arguments

if TYPE_CHECKING:
    from near_harness.audit.auditor import Auditor

_ID = "NH001"
_SAMPLES = 12
_FORGERIES = 4
"""So many results are forged for one set of arguments, and so many sets are tried."""


async def _probe(auditor: Auditor) -> AsyncIterator[Finding]:
    for method in _callbacks(auditor):
        finding = await _called(auditor, method) or await _forged(auditor, method)
        if finding is not None:
            yield finding


def _callbacks(auditor: Auditor) -> list[str]:
    """Methods that were seen to run as callbacks, and those that take results of promises by the ABI; private ones left out.

    A method that is private by the ABI is called once all the same.
    """
    methods = auditor.world.interface.methods or {}
    declared = [method.name for method in methods.values() if method.answers]
    return list(dict.fromkeys((*auditor.callbacks, *declared)))


async def _called(auditor: Auditor, method: str) -> Finding | None:
    """Call it directly."""
    world = auditor.world
    for args in _arguments(auditor, method):
        async with played(world, CallStep(world.stranger.id, world.contract_id, method, args)) as run:
            if run.entered:
                check = ("found = tx.root.arrived  # the stranger's call was not refused",)
                return _finding(run, method, "may call it", check)
            if auditor.survey.is_private(run):
                return None
    return None


async def _forged(auditor: Auditor, method: str) -> Finding | None:
    """Call it from a contract of the stranger's, as the callback of a promise whose result the stranger has chosen."""
    world = auditor.world
    for number, args in enumerate(_arguments(auditor, method)):
        for answer in _answers(auditor, method) if number < _FORGERIES else ():
            source = f"forging_code({world.contract_id!r}, {method!r}, {python_arguments(args)}, {answer!r})"
            code = forging_code(world.contract_id, method, args, answer)
            why = f"calls {method} as its own callback, with the result {answer.decode('utf-8', 'replace')!r}"
            forger = NewCodeStep(world.stranger.id, code, why, source)
            async with played(world, forger, CallStep(world.stranger.id, world.stranger.id, FORGE)) as run:
                if run.result is None:
                    continue
                (called,) = run.outcome.find(world.contract_id, method)
                if called.arrived:
                    found = f"tx.receipt({world.contract_id!r}, {method!r}).arrived"
                    check = (f"found = {found}  # the call of the stranger's contract was not refused",)
                    return _finding(run, method, "may call it with a promise result of their own making", check)
                if auditor.survey.is_private(run):
                    return None
    return None


def _answers(auditor: Auditor, method: str) -> Iterator[bytes]:
    """Results of promises: what the ABI says of them, then what is often returned."""
    described = (auditor.world.interface.methods or {})[method].answers
    values = [value for schema in described[:1] for value in auditor.survey.samples.of_schema(schema)[:_FORGERIES]]
    yield from (json.dumps(value).encode() for value in values)
    yield from (b"true", b'"1"', b"")


def _arguments(auditor: Auditor, name: str) -> Iterator[bytes]:
    yield from auditor.callbacks.get(name, ())
    yield from auditor.survey.samples.encoded((auditor.world.interface.methods or {})[name], _SAMPLES)


def _finding(run: Run, method: str, may: str, check: tuple[str, ...]) -> Finding:
    sends = any(receipt.parent is not None and receipt.parent.method == method for receipt in run.made)
    effects = [text for does, text in ((run.changed, "changes its state"), (sends, "sends receipts")) if does]
    effect = f", which {' and '.join(effects)}" if effects else ""
    message = f"{method} is a callback, and {run.call.signer}, a stranger, {may}{effect}"
    return run.finding(_ID, Severity.HIGH if effects else Severity.LOW, method, message, check)


OPEN_CALLBACK = Rule(_ID, "open-callback", Severity.HIGH, "may a stranger call a callback?", probe=_probe)
