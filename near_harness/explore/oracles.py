"""Who says that something is wrong.

A :class:`Finding` names the oracle and what it saw. Oracles look at a state after each receipt, or when nothing is on its way.
"""

from __future__ import annotations

import inspect
import itertools
import json
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from typing import Any, Protocol

from near_harness.errors import BadInput, ViewFailed
from near_harness.explore.chain_state import ChainState
from near_harness.explore.moves import Move, Position
from near_harness.explore.outcomes import Held, Outcomes
from near_harness.explore.serial import Serial
from near_harness.units import Amount

Predicate = Callable[[ChainState], object]
_MOST_COMPARED = 720
"""One-at-a-time orders, of which the nearest is told: those of six transactions."""


class Oracle(Protocol):
    """Looks at states. What it finds it says in words; None where all is well."""

    name: str
    undecided: bool
    """Whether it could not judge some state."""

    def after_receipt(self, position: Position, move: Move, step: Any) -> str | None:
        """Look at the state after a receipt."""

    def at_rest(self, position: Position, path: Sequence[Move]) -> str | None:
        """Look at a state in which nothing is on its way."""


class Quiet:
    """What an oracle does that does not look."""

    undecided = False

    def after_receipt(self, position: Position, move: Move, step: Any) -> str | None:  # noqa: ARG002 - the interface's
        """Look at nothing."""
        return None

    def at_rest(self, position: Position, path: Sequence[Move]) -> str | None:  # noqa: ARG002 - the interface's
        """Look at nothing."""
        return None


class Invariant(Quiet):
    """A predicate of the user's that holds at rest, or after every receipt."""

    name = "invariant"

    def __init__(self, predicate: Predicate, *, at_every_receipt: bool) -> None:
        self._predicate, self._always = predicate, at_every_receipt
        self._text = told(predicate)

    def after_receipt(self, position: Position, move: Move, step: Any) -> str | None:
        """Hold it against the state after a receipt, where that was asked for."""
        return self._check(position) if self._always else super().after_receipt(position, move, step)

    def at_rest(self, position: Position, path: Sequence[Move]) -> str | None:  # noqa: ARG002 - the interface's
        """Hold it against the final state."""
        return self._check(position)

    def _check(self, position: Position) -> str | None:
        said = holds(self._predicate, position.world)
        return None if said is None else f"the invariant does not hold: {said or self._text}"


class Serialisable(Quiet):
    """No order gives what no one-at-a-time order gives."""

    name = "serialisable"

    def __init__(self, serial: Serial, outcomes: Outcomes) -> None:
        self._serial, self._outcomes = serial, outcomes
        self._reordered: dict[tuple[Hashable, frozenset[str]], bool] = {}

    def at_rest(self, position: Position, path: Sequence[Move]) -> str | None:  # noqa: ARG002 - the interface's
        """Compare the outcome with those of the transactions one at a time."""
        outcome = self._outcomes.of(position.world)
        if self._serial.allows(outcome, position.refused):
            return None
        if self._serial.cut_short:
            self.undecided = True  # it is in none of the one-at-a-time orders that were tried, and there are more of them
            return None
        if self._is_reordered(position, outcome):
            return None
        if self._serial.allows_reordered(outcome, position.refused):
            return "the outcome depends on the order in which receipts of one transaction arrive" + self._difference(position)
        return "no one-at-a-time order of these transactions gives this outcome" + self._difference(position)

    def _is_reordered(self, position: Position, outcome: Hashable) -> bool:
        """Whether some one-at-a-time order gives the same but for the order of entries in a contract's sets and maps."""
        known = (outcome, position.refused)
        if known not in self._reordered:
            paths = itertools.islice(self._serial.paths_without(position.refused), _MOST_COMPARED)
            self._reordered[known] = any(self._outcomes.differ_in_order_only(position.world, end.world) for end, _ in paths)
        return self._reordered[known]

    def _difference(self, position: Position) -> str:
        """What is different, beside the one-at-a-time outcome that comes nearest."""
        mine = dict(self._outcomes.changes(position.world))
        paths = itertools.islice(self._serial.paths(), _MOST_COMPARED)
        others = [dict(self._outcomes.changes(other.world)) for other, _ in paths]
        nearest = min(others, key=lambda other: sum(mine.get(place) != other.get(place) for place in {*mine, *other}))
        lines = []
        for place in sorted({*mine, *nearest}):
            first = self._outcomes.at_first(place)
            now, then = mine.get(place, first), nearest.get(place, first)
            if now != then:
                lines.append(f"\n  {place}: {_held_text(now, then)}")
        return "".join(lines)


class CallbackGas(Quiet):
    """No callback runs out of gas: what it should have put right stays wrong."""

    name = "callback gas"

    def after_receipt(self, position: Position, move: Move, step: Any) -> str | None:  # noqa: ARG002 - the interface's
        """Look at a callback that has failed."""
        if step.succeeded or not move.is_callback:
            return None
        for run in json.loads(step.runs()):
            status = json.dumps(run["outcome"]["status"])
            if run["kind"] != "refund" and ("Exceeded the prepaid gas" in status or "GasExceeded" in status):
                return f"the callback on {run['outcome']['executor_id']} ran out of gas"
        return None


class Tokens(Quiet):
    """The balances of a fungible token (NEP-141) add up to its supply."""

    name = "token conservation"

    def __init__(self, tokens: Mapping[str, int], holders: Sequence[str]) -> None:
        self._tokens, self._holders = dict(tokens), list(holders)

    @classmethod
    def among(cls, world: Any, accounts: Sequence[str]) -> Tokens:
        """The tokens among these contracts whose supply the accounts of the chain hold, all of it."""
        state = ChainState(world)
        holders = state.accounts()
        found = {}
        for account in accounts:
            supply, balances = _number(state, account, "ft_total_supply"), _balances(state, account, holders)
            if supply is not None and None not in balances and supply == _sum(balances):
                found[account] = supply
        return cls(found, holders)

    def __bool__(self) -> bool:
        return bool(self._tokens)

    def at_rest(self, position: Position, path: Sequence[Move]) -> str | None:  # noqa: ARG002 - the interface's
        """Count. A holder whose balance cannot be read any more has none: it may have left the token."""
        state = ChainState(position.world)
        for token in self._tokens:
            supply, balances = _number(state, token, "ft_total_supply"), _balances(state, token, self._holders)
            held = _sum(balances)
            if supply is None and any(balance is not None for balance in balances):
                return f"the balances of token {token} add up to {held}, its supply cannot be read any more"
            if supply is not None and supply != held:
                return f"the balances of token {token} add up to {held}, its supply is {supply}"
        return None


def _balances(state: ChainState, token: str, holders: Sequence[str]) -> list[int | None]:
    """What each has of a token; None where the token does not say."""
    return [_number(state, token, "ft_balance_of", account_id=holder) for holder in holders]


def _sum(balances: Sequence[int | None]) -> int:
    return sum(balance or 0 for balance in balances)


def _number(state: ChainState, contract: str, method: str, **args: str) -> int | None:
    try:
        value = state.view(contract, method, **args)
    except (ViewFailed, BadInput):
        return None
    return int(value) if isinstance(value, str) and value.isdecimal() else None


def holds(predicate: Predicate, world: Any) -> str | None:
    """Ask a predicate: None where it holds, else what it says (empty where it only says no).

    :raises BadInput: where it is a coroutine function.
    """
    try:
        said = predicate(ChainState(world))
    except AssertionError as error:
        return str(error)
    if inspect.isawaitable(said):
        if isinstance(said, Coroutine):
            said.close()
        raise BadInput(f"{told(predicate)} is asynchronous: a state is read at once, so write it without async and await")
    return "" if said is not None and not said else None


def told(predicate: Predicate) -> str:
    """A predicate in words: its docstring, else its source or its name."""
    doc = inspect.getdoc(predicate) if not _is_lambda(predicate) else None
    if doc:
        return doc.partition("\n")[0]
    try:
        source = inspect.getsource(predicate).strip()
    except (OSError, TypeError):
        return getattr(predicate, "__name__", repr(predicate))
    return source if _is_lambda(predicate) and "\n" not in source else getattr(predicate, "__name__", repr(predicate))


def _is_lambda(predicate: Predicate) -> bool:
    return getattr(predicate, "__name__", "") == "<lambda>"


def _held_text(now: Held | None, then: Held | None) -> str:
    if now is None or then is None:
        return f"{'exists' if now else 'does not exist'}; in the nearest one-at-a-time order it {'does' if then else 'does not'}"
    parts = []
    if now[0] != then[0]:
        parts.append(f"holds {Amount(now[0] - then[0]).signed} against the nearest one-at-a-time order (gas left out)")
    if now[1] != then[1]:
        parts.append(f"has {Amount(now[1] - then[1]).signed} locked")
    if now[2] != then[2]:
        parts.append(f"has other code ({now[2]})")
    if now[3] != then[3]:
        parts.append("has other contract data")
    return ", ".join(parts)
