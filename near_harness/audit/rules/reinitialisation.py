"""NH008: a contract that can be initialised once more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from near_harness.audit.findings import Finding, Rule, Severity
from near_harness.audit.runs import played
from near_harness.audit.steps import CallStep

if TYPE_CHECKING:
    from near_harness.audit.auditor import Auditor
    from near_harness.contract.abi import Method

_ID = "NH008"
_NAMES = ("new", "init", "initialize", "new_default_meta", "migrate")
"""What inits are called, where no ABI tells them apart."""
_SAMPLES = 12


async def _probe(auditor: Auditor) -> AsyncIterator[Finding]:
    world = auditor.world
    for method in _inits(auditor):
        for args in _arguments(auditor, method):
            first, again = (CallStep(who, world.contract_id, method.name, args) for who in (world.user.id, world.stranger.id))
            async with played(world, first, again) as run:
                if not run.entered:
                    continue
                effect = ", and sets it up anew" if run.changed else ""
                severity = Severity.HIGH if run.changed else Severity.LOW
                message = f"{method.name} initialises the contract; a stranger may call it when that is done{effect}"
                check = ("found = tx.root.arrived  # the contract was initialised before",)
                yield run.finding(_ID, severity, method.name, message, check)
                break


def _inits(auditor: Auditor) -> list[Method]:
    interface = auditor.world.interface
    methods = list((interface.methods or {}).values())
    if interface.has_abi:
        return [method for method in methods if "init" in method.modifiers]
    return [method for method in methods if method.name in _NAMES]


def _arguments(auditor: Auditor, method: Method) -> Iterator[bytes]:
    """The arguments with which the contract was initialised, then samples."""
    if auditor.init is not None and auditor.init[0] == method.name:
        yield auditor.init[1]
    yield from auditor.survey.samples.encoded(method, _SAMPLES)


REINITIALISATION = Rule(_ID, "reinitialisation", Severity.HIGH, "can a stranger initialise the contract once more?", probe=_probe)
