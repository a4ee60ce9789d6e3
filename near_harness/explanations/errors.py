"""The errors and warnings that a test may meet, in groups with what all of a group have in common."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from near_harness import errors
from near_harness.audit.errors import CannotAudit, CannotWrite
from near_harness.bundles.form import BundleError
from near_harness.campaign.errors import CampaignError, WorkersMissing
from near_harness.chain.files import SavedChainError
from near_harness.expectations import ExpectationFailed
from near_harness.explanations.unknown import NothingKnown
from near_harness.explore.errors import CannotExplore, ExplorationFailed, NotDeterministic, ScheduleDiverged
from near_harness.not_yet import NeverAwaited
from near_harness.outcome import failures
from near_harness.plugin.gas import TightCallback
from near_harness.plugin.isolation import IsolationError, IsolationWarning
from near_harness.plugin.unseen import UnseenFailure
from near_harness.sandbox.files import BrokenHome
from near_harness.starter.project import NoContract
from near_harness.trace import TraceError

Kind = type[BaseException]
OF_PARTS: tuple[Kind, ...] = (
    BrokenHome, BundleError, CannotAudit, CannotExplore, CannotWrite, CampaignError, ExpectationFailed, ExplorationFailed,
    IsolationError, NoContract, NotDeterministic, NothingKnown, SavedChainError, ScheduleDiverged, TraceError, WorkersMissing,
)  # fmt: skip
"""Errors that stand with the part of the harness which raises them."""


@dataclass(frozen=True)
class Group:
    """Errors with one cause, and what all of them have in common (``why`` they come). What is their own is in ``texts/``."""

    title: str
    why: str
    base: Kind


GROUPS = (
    Group(
        "Refused by the harness",
        "Nothing was sent: what was passed in cannot be used. On the chain it would fail as well, later and with less to go by: "
        "the harness knows the units, the rules of names and the contract's ABI. All are a ``BadInput``, so a ``ValueError``.",
        errors.BadInput,
    ),
    Group(
        "The node",
        "It cannot be had, or cannot do what is asked. A test that needs a node which is not there fails, and is never skipped: "
        "a green run has run everything.",
        errors.NodeError,
    ),
    Group(
        "The node's answer",
        "A request was answered with an error. Nothing of it is about a transaction that failed: that has an outcome.",
        errors.RpcError,
    ),
    Group(
        "Refused by the protocol",
        "nearcore's ``InvalidTxError``: nothing was executed and nothing was charged. A transaction is checked before it becomes "
        "a receipt: its signature, its key, its nonce, its form, and whether its signer can pay for all of it in advance.",
        failures.InvalidTransaction,
    ),
    Group(
        "Failed in a contract",
        "nearcore's ``FunctionCallError``: the call's changes are rolled back, and its deposit goes back to the predecessor. "
        "Other receipts of the same transaction stay as they are: there is no rollback of the whole, and what came before has to "
        "be undone by a callback.",
        failures.FunctionCallFailed,
    ),
    Group(
        "Failed in another action",
        "nearcore's ``ActionErrorKind``: the actions of a receipt are executed in order, and all of them or none: where one "
        "fails, what the others have changed is rolled back, and the deposits go back to the predecessor.",
        failures.ActionFailed,
    ),
    Group(
        "Warnings",
        "The test goes on. ``pytest -W error`` makes failures of them; ``filterwarnings`` in the ini file chooses by class.",
        UserWarning,
    ),
    Group(
        "Others",
        "Raised by a part of the harness that the name tells: an expectation, a bundle, an exploration, an audit.",
        BaseException,
    ),
)


def kinds() -> dict[str, Kind]:
    """All classes of errors that a test may meet, by name."""
    found: dict[str, Kind] = {kind.__name__: kind for kind in OF_PARTS}
    for module in (errors, failures):
        found.update(inspect.getmembers(module, lambda value: inspect.isclass(value) and issubclass(value, errors.HarnessError)))
    return dict(sorted(found.items()))


def warnings() -> dict[str, Kind]:
    """All classes of warnings, by name."""
    return {kind.__name__: kind for kind in (IsolationWarning, NeverAwaited, TightCallback, UnseenFailure)}


def group_of(kind: Kind) -> Group:
    """Return the first group that an error belongs to."""
    return next(group for group in GROUPS if issubclass(kind, group.base))


def grouped(found: dict[str, Kind]) -> Iterator[tuple[Group, list[str]]]:
    """Each error in the first group that it belongs to: the groups with the names in them."""
    for group in GROUPS:
        yield group, [name for name, kind in found.items() if group_of(kind) is group]


def home_of(kind: Kind) -> str:
    """The module that a test imports an error from."""
    for module in (errors, failures):
        if getattr(module, kind.__name__, None) is kind:
            return module.__name__
    return "near_harness.expectations" if kind is ExpectationFailed else kind.__module__


_TOLD_INSIDE = (failures.DelegateActionRequiresGasKey, failures.DelegateActionRequiresNonGasKey)
"""Reasons that nodes tell only inside a ``DelegateActionAccessKeyError``."""


def in_a_test(kind: Kind) -> list[str]:
    """How a test expects it, as lines of Python."""
    name = kind.__name__
    if kind in _TOLD_INSIDE:
        outer = failures.DelegateActionAccessKeyError
        told = f'failure = await signed.by(relayer).expect_failure({outer.__name__}, "{name}")'
        return [f"from {home_of(outer)} import {outer.__name__}", "", told]
    if issubclass(kind, failures.TransactionFailed):
        sent = "signed.by(relayer)" if name.startswith("DelegateAction") else "contract.method().by(alice)"
        lines = [f"failure = await {sent}.expect_failure({name})"]
    elif issubclass(kind, AssertionError):
        checked = "report.assert_safe()" if kind is ExplorationFailed else "expect(tx).succeeded()"
        lines = [f"with pytest.raises({name}):", f"    {checked}"]
    elif issubclass(kind, Warning):
        lines = [f"with pytest.warns({name}):", "    ..."]
    else:
        lines = [f"with pytest.raises({name}):", "    ..."]
    return [f"from {home_of(kind)} import {name}", "", *lines]
