"""NH001: a callback that a stranger may call."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from near_harness.audit.findings import Finding, Rule, Severity
from near_harness.audit.forgery import FORGE, forging_code
from near_harness.audit.runs import Run, played
from near_harness.audit.steps import CallStep, NewCodeStep, Step, python_arguments

if TYPE_CHECKING:
    from near_harness.audit.auditor import Auditor

_ID = "NH001"
_SAMPLES = 12
_FORGERIES = 4
"""So many results are forged for one set of arguments, and so many sets are tried."""
_PASTS = 16
"""So many states in which it was seen to run are tried."""

Way = tuple[tuple[Step, ...], bytes]
"""Steps that lead to a state, and arguments that the callback is called with there."""


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
    world, harmless = auditor.world, None
    for past, args in _ways(auditor, method):
        async with played(world, *past, CallStep(world.stranger.id, world.contract_id, method, args)) as run:
            if run.entered:
                check = ("found = tx.root.arrived  # the stranger's call was not refused",)
                finding = _finding(run, method, "may call it", check)
                if finding.severity is Severity.HIGH:
                    return finding
                harmless = harmless or finding
            elif auditor.survey.is_private(run):
                return None
    return harmless


async def _forged(auditor: Auditor, method: str) -> Finding | None:
    """Call it from a contract of the stranger's, as the callback of a promise whose result the stranger has chosen."""
    world, harmless = auditor.world, None
    for past, args in _few(_ways(auditor, method)):
        for answer in _answers(auditor, method):
            source = f"forging_code({world.contract_id!r}, {method!r}, {python_arguments(args)}, {answer!r})"
            code = forging_code(world.contract_id, method, args, answer)
            why = f"calls {method} as its own callback, with the result {answer.decode('utf-8', 'replace')!r}"
            forger = NewCodeStep(world.stranger.id, code, why, source)
            async with played(world, *past, forger, CallStep(world.stranger.id, world.stranger.id, FORGE)) as run:
                if run.result is None:
                    continue
                called = run.outcome.find(world.contract_id, method)[0]  # what it leads to may run it once more
                if called.arrived:
                    found = f"tx.find({world.contract_id!r}, {method!r})[0].arrived"
                    check = (f"found = {found}  # the call of the stranger's contract was not refused",)
                    finding = _finding(run, method, "may call it with a promise result of their own making", check)
                    if finding.severity is Severity.HIGH:
                        return finding
                    harmless = harmless or finding
                if auditor.survey.is_private(run):
                    return None
    return harmless


def _few(ways: Iterator[Way]) -> Iterator[Way]:
    """So many of those that need no past, and so many of those that do."""
    taken: Counter[bool] = Counter()
    for past, args in ways:
        if taken[bool(past)] < _FORGERIES:
            taken[bool(past)] += 1
            yield past, args


def _answers(auditor: Auditor, method: str) -> Iterator[bytes]:
    """Results of promises: what the ABI says of them, then what is often returned."""
    described = (auditor.world.interface.methods or {})[method].answers
    values = [value for schema in described[:1] for value in auditor.survey.samples.of_schema(schema)[:_FORGERIES]]
    yield from (json.dumps(value).encode() for value in values)
    yield from (b"true", b'"1"', b"")


def _ways(auditor: Auditor, name: str) -> Iterator[Way]:
    """Arguments that it got, and samples, on the chain as it is; then what it got where it ran: before the call, and after it."""
    methods = auditor.world.interface.methods or {}
    seen = auditor.callbacks.get(name, ())
    yield from (((), args) for args in dict.fromkeys((*seen, *auditor.survey.samples.encoded(methods[name], _SAMPLES))))
    ran = [(entry, one.args) for entry in (*auditor.entries(), *auditor.varied) for one in entry.callbacks if one.method == name]
    before = dict.fromkeys((entry.past, args) for entry, args in ran if entry.past)
    after = dict.fromkeys(((*entry.past, entry.call), args) for entry, args in ran)
    pairs = itertools.zip_longest(before, after)
    yield from itertools.islice((way for pair in pairs for way in pair if way is not None), _PASTS)


def _finding(run: Run, method: str, may: str, check: tuple[str, ...]) -> Finding:
    sends = any(receipt.parent is not None and receipt.parent.method == method for receipt in run.made)
    effects = [text for does, text in ((run.changed, "changes its state"), (sends, "sends receipts")) if does]
    effect = f", which {' and '.join(effects)}" if effects else ""
    message = f"{method} is a callback, and {run.call.signer}, a stranger, {may}{effect}"
    return run.finding(_ID, Severity.HIGH if effects else Severity.LOW, method, message, check)


OPEN_CALLBACK = Rule(_ID, "open-callback", Severity.HIGH, "may a stranger call a callback?", probe=_probe)
