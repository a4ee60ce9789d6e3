"""An audit of a contract in a file, on a chain of its own: what the command line does."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from near_harness.account_ids import check_account_id
from near_harness.audit.auditor import Auditor
from near_harness.audit.errors import CannotAudit
from near_harness.audit.facade import TRIES
from near_harness.audit.making import ContractMaking, make_world
from near_harness.audit.rules import rules_of
from near_harness.audit.steps import CallStep
from near_harness.audit.subject import Subject
from near_harness.contract.wasm import load_wasm
from near_harness.errors import BadInput, HarnessError
from near_harness.near import start
from near_harness.progress import Progress, untold
from near_harness.units import to_amount

if TYPE_CHECKING:
    from near_harness.audit.report import Report
    from near_harness.audit.world import World
    from near_harness.near import Near


@dataclass(frozen=True)
class Request:
    """What to audit, and how. ``init`` and ``args`` initialise the contract, ``others`` are names and files of other contracts.

    ``calls`` are method, JSON and deposit of example calls, by the first user. With a ``setup`` file, that makes everything else.
    """

    contract: Path
    init: str | None = None
    args: str = "{}"
    others: Mapping[str, Path] | None = None
    calls: tuple[tuple[str, str, str], ...] = ()
    setup: Path | None = None
    rules: tuple[str, ...] = ()
    tries: int = TRIES
    seed: int = 0
    protocol_version: str | None = None


def audit_file(request: Request, progress: Progress = untold) -> Report:
    """Start a node, make what is to be audited, and audit it; ``progress`` is told how many runs were made.

    :raises InvalidContractCode: where the file is no contract.
    :raises CannotAudit: where the contract cannot be deployed, initialised or run.
    :raises BadInput: for rules, accounts, arguments or amounts that cannot be used.
    :raises NodeError: where the node cannot be started.
    """
    return asyncio.run(_audit(request, progress))


async def _audit(request: Request, progress: Progress) -> Report:
    rules = rules_of(request.rules)
    wasm = load_wasm(request.contract)
    async with start(node="embedded", protocol_version=request.protocol_version) as near:
        how = {"tries": request.tries, "seed": request.seed}
        if request.setup is not None:
            subject = await _set_up(request.setup, near, request.contract)
            world = await subject.world(near, progress)
            saved = await subject.origin(near, request.contract.as_posix())
            examples = [*subject.examples(world.user), *(_example(world, request.contract, *call) for call in request.calls)]
            return await Auditor(world, saved, rules, **how, examples=examples).audit()
        name = account_name(request.contract)
        contract = ContractMaking(name, wasm, request.init, _json(request.args, f"the arguments of {request.init or 'init'}"))
        others = [ContractMaking(check_account_id(other), load_wasm(path)) for other, path in (request.others or {}).items()]
        world, origin = await make_world(near, contract, others)
        world.progress = progress
        examples = [_example(world, request.contract, *call) for call in request.calls]
        return await Auditor(world, origin, rules, **how, examples=examples).audit()


def account_name(path: Path) -> str:
    """Return the name of the account for a contract's file: what is left of its name when the protocol's rules are kept."""
    kept = "".join(c if c.isascii() and c.isalnum() else "_" for c in path.stem.lower()).strip("_")
    return "_".join(part for part in kept.split("_") if part)[:32].strip("_") or "contract"


def _example(world: World, file: Path, name: str, args: str, deposit: str) -> CallStep:
    """An example call, as far as it can be one.

    :raises BadInput: for a method that is not there or is no call, arguments that it does not take, and no amount of NEAR.
    """
    what = f"the example of {name}"
    method = world.interface.method(name, str(file))
    if method.view is True or "init" in method.modifiers:
        kind = "is a view" if method.view else "initialises the contract"
        raise BadInput(f"{what}: {method.signature} {kind}, and the audit enters calls only")
    encoded = _json(args, what)
    if method.parameters is not None:
        given = json.loads(encoded)
        if not isinstance(given, dict):
            raise BadInput(
                f"{what}: {args!r} is no JSON object; {method.signature} is given one, with the names of its arguments"
            )
        encoded = method.encode((), given)
    try:
        return CallStep(world.user.id, world.contract_id, name, encoded, to_amount(deposit))
    except BadInput as error:
        raise type(error)(f"{what}, its deposit: {error}") from None


def _json(text: str, what: str) -> bytes:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BadInput(f"{what}: {text!r} is no JSON: {error}") from None
    return json.dumps(value).encode()


async def _set_up(path: Path, near: Near, wasm: Path) -> Subject:
    """Run a set-up file.

    :raises CannotAudit: where it fails, or gives nothing to audit.
    """
    function = _setup_function(path)
    try:
        made: Any = await function(near, wasm)
    except HarnessError:
        raise
    except Exception as error:
        raise CannotAudit(f"{path}: setup() failed: {type(error).__name__}: {error}") from error
    if isinstance(made, Subject):
        return made
    if hasattr(made, "interface"):
        return Subject(made)
    raise CannotAudit(f"{path}: setup() returned {made!r}: return the contract, or a near_harness.audit.Subject")


def _setup_function(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("near_harness_audit_setup", path)
    if spec is None or spec.loader is None:
        raise CannotAudit(f"{path} is no Python file: its name must end with .py")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CannotAudit(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    function = getattr(module, "setup", None)
    if not inspect.iscoroutinefunction(function):
        raise CannotAudit(f"{path} has no `async def setup(near, wasm)`")
    return function
