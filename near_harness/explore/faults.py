"""Receipts that are made to go wrong: which of them, how, and how many in one order.

The receiver's account or contract is missing for this receipt only, or runs another contract that panics, answers nonsense or
calls back (:mod:`near_harness.puppets.faults`). A fault belongs to a receipt's name, and holds in every order.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from near_harness.account_ids import account_id_of
from near_harness.errors import BadInput
from near_harness.puppets.faults import ACCOUNT_MISSING, FAULTS, Fault, calls_back_in, fault_code

if TYPE_CHECKING:
    from near_harness.explore.moves import Move

_BACK = "calls_back_in:"
_IMPLICIT = 64
Plan = Mapping[str, Fault]
"""Receipts by their names, and what goes wrong with each."""


@dataclass(frozen=True)
class Faults:
    """What may go wrong: ``kinds`` of faults, at receipts of the accounts ``at`` (empty: of all), ``most`` in one order."""

    kinds: tuple[Fault, ...] = FAULTS
    at: tuple[str, ...] = ()
    most: int = 1

    def sites(self, moves: Iterable[Move]) -> Iterator[tuple[str, Fault]]:
        """The faults that each receipt may have. Transactions' own receipts and callbacks are left alone."""
        for move in moves:
            if move.is_root or move.is_callback or (self.at and move.place not in self.at):
                continue
            for kind in self.kinds:
                if kind == ACCOUNT_MISSING:
                    if len(move.place) != _IMPLICIT:
                        yield move.name, kind
                elif move.kind == "call":
                    yield move.name, kind

    def plans(self, sites: Sequence[tuple[str, Fault]], count: int) -> Iterator[dict[str, Fault]]:
        """Every choice of so many faults, each of another receipt."""
        for chosen in itertools.combinations(sites, count):
            if len({name for name, _ in chosen}) == count:
                yield dict(chosen)


def fail_any_receipt_at(*accounts: object, kinds: Sequence[Fault] = FAULTS, most: int = 1) -> Faults:
    """Let any receipt at these accounts (without one: at any) go wrong, in each of the ways, ``most`` of them in one order.

    :raises BadInput: where ``most`` is less than one, or there is no way.
    """
    if most < 1 or not kinds:
        raise BadInput(f"faults: most={most} and {len(kinds)} kinds of faults leave nothing to go wrong")
    return Faults(tuple(kinds), tuple(account_id_of(account) for account in accounts), most)


def as_faults(given: Faults | int | None) -> Faults | None:
    """What the user gave: faults, or the most of any kind anywhere; None and 0 mean none."""
    if isinstance(given, Faults) or given is None:
        return given
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise BadInput(f"faults={given!r}: a number of faults in one order is wanted, or fail_any_receipt_at(…)")
    return Faults(most=given) if given else None


def word(fault: Fault) -> str:
    """A fault as schedules write it."""
    return fault.name.replace(": ", ":").replace(" ", "_")


def from_word(text: str, known: Iterable[Fault] = ()) -> Fault:
    """Read it.

    :raises BadInput: naming those that there are.
    """
    every = {word(fault): fault for fault in (*FAULTS, *known)}
    if text in every:
        return every[text]
    if text.startswith(_BACK):
        return calls_back_in(text.removeprefix(_BACK))
    raise BadInput(f"no fault is called {text!r}: there are {', '.join(every)} and {_BACK}METHOD")


def for_engine(fault: Fault, move: Move) -> bytes | Literal["absent", "no code"]:
    """What the engine is to do with the receiver of a receipt."""
    if fault == ACCOUNT_MISSING:
        return "absent"
    return fault_code(fault, move.methods[0] if move.methods else "none") or "no code"
