"""The errors and warnings that a test may meet, in groups with what all of a group have in common."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from near_harness import errors
from near_harness.expectations import ExpectationFailed
from near_harness.gas_plugin import TightCallback
from near_harness.isolation import IsolationWarning
from near_harness.outcome import failures
from near_harness.unseen import UnseenFailure

Kind = type[BaseException]


@dataclass(frozen=True)
class Group:
    """Errors with one cause: ``why`` they come, and what to do (``remedy``) where a class gives no better hint."""

    title: str
    why: str
    base: Kind
    remedy: str = ""


_IN_A_TEST = "A test expects it with .expect_failure(NAME)."
GROUPS = (
    Group(
        "Refused by the harness",
        "Nothing was sent: what was passed in cannot be used. All are a ``BadInput``, which is a ``ValueError``.",
        errors.BadInput,
        "Correct what the text names. Where the contract itself shall refuse it, call it by its id: nothing is known of it then.",
    ),
    Group(
        "The node",
        "It cannot be had, or cannot do what is asked.",
        errors.NodeError,
        "The text names the remedy; near-harness doctor says which kinds of node can run here, and why others cannot.",
    ),
    Group(
        "The node's answer",
        "A request was answered with an error.",
        errors.RpcError,
        "Look whether the account, block or contract is on this chain: error.name is nearcore's cause, error.info its fields.",
    ),
    Group(
        "Refused by the protocol",
        "nearcore's ``InvalidTxError``: nothing was executed and nothing was charged.",
        failures.InvalidTransaction,
        f"Correct the transaction, and send it again. {_IN_A_TEST}",
    ),
    Group(
        "Failed in a contract",
        "nearcore's ``FunctionCallError``: the call's changes are rolled back, and its deposit goes back.",
        failures.FunctionCallFailed,
        f"The receipt tree shows which receipt failed, with what, and what came of it. {_IN_A_TEST}",
    ),
    Group(
        "Failed in another action",
        "nearcore's ``ActionErrorKind``: the receipt's changes are rolled back, and its deposit goes back.",
        failures.ActionFailed,
        f"The receipt tree shows which receipt failed and who made it. {_IN_A_TEST}",
    ),
    Group(
        "Warnings",
        "The test goes on.",
        UserWarning,
        "pytest -W error turns warnings into failures; filterwarnings in the ini file chooses by class.",
    ),
    Group("Others", "", BaseException),
)


def kinds() -> dict[str, Kind]:
    """All classes of errors that a test may meet, by name."""
    found: dict[str, Kind] = {}
    for module in (errors, failures):
        found.update(inspect.getmembers(module, lambda value: inspect.isclass(value) and issubclass(value, errors.HarnessError)))
    return {**dict(sorted(found.items())), "ExpectationFailed": ExpectationFailed}


def warnings() -> dict[str, Kind]:
    """All classes of warnings, by name."""
    return {kind.__name__: kind for kind in (IsolationWarning, TightCallback, UnseenFailure)}


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


def in_a_test(kind: Kind) -> list[str]:
    """How a test expects it, as lines of Python."""
    name = kind.__name__
    if issubclass(kind, failures.TransactionFailed):
        lines = [f"failure = await contract.method().by(alice).expect_failure({name})"]
    elif issubclass(kind, AssertionError):
        lines = [f"with pytest.raises({name}):", "    expect(tx).succeeded()"]
    elif issubclass(kind, Warning):
        lines = [f"with pytest.warns({name}):", "    ..."]
    else:
        lines = [f"with pytest.raises({name}):", "    ..."]
    return [f"from {home_of(kind)} import {name}", "", *lines]
