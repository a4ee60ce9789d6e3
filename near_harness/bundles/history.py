"""The history of a chain: every step that led to its present state, and nothing else.

Each step knows the one before it, so the history is a path: when the chain goes back to a snapshot, the path ends there again,
and what was rolled back is on no path any more. Nothing is encoded before a bundle is written.
"""

from __future__ import annotations

import base64
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from near_harness.bundles.seen import refused, seen

if TYPE_CHECKING:
    from near_harness.accounts import Account, Contract
    from near_harness.outcome import Outcome
    from near_harness.transactions import Actions

MOST_STEPS = 10_000
"""A path does not grow beyond this: what follows is counted only."""
_MOST_WITH_VIEWS = 5_000
"""From here on views are left out, so that a test which polls leaves room for what it does."""


@dataclass(eq=False)
class Step:
    """One thing that was done to the chain. ``content`` is what a bundle says of it; ``seen`` what came of it.

    ``beside`` are steps that had been begun and were not done when this one began.
    """

    kind: str
    content: dict[str, Any]
    before: Step | None
    number: int
    beside: tuple[Step, ...] = ()
    seen: dict[str, Any] | None = None
    key: Any = field(default=None, repr=False)
    """The key pair that signs a transaction, or a delegate action."""
    _running: set[Step] | None = field(default=None, repr=False)

    def ends(self, outcome: Outcome) -> None:
        """The transaction came to its end."""
        self.ends_with(seen(outcome))

    def fails(self, error: BaseException) -> None:
        """The transaction was refused, or nothing was heard of its end."""
        self.ends_with(refused(error))

    def looks(self, value: bytes = b"", *, error: str | None = None) -> None:
        """A view returned these bytes, or ended with an error."""
        self.seen = {"value": base64.b64encode(value).decode()} if error is None else {"error": error}

    def ends_with(self, result: dict[str, Any] | None) -> None:
        """Note what came of it."""
        self.seen = result
        if self._running is not None:
            self._running.discard(self)
            self._running = None

    def path(self) -> Iterator[Step]:
        """This step and all before it, the newest first."""
        step: Step | None = self
        while step is not None:
            yield step
            step = step.before


class History:
    """The path to where a chain is now."""

    def __init__(self) -> None:
        self.newest: Step | None = None
        self.left_out = 0
        """How many steps came after the path was full."""
        self.stays: frozenset[str] = frozenset()
        """Receivers of transactions that are on no path any more, and still on the chain: it could not go back."""
        self._running: set[Step] = set()
        self.watched = False
        """Whether somebody asks :meth:`at_failure`: only then errors are kept until it is asked."""
        self._when_failed: tuple[BaseException, Step | None] | None = None

    def begin(self) -> None:
        """Begin anew, with a fresh chain."""
        self.newest, self.left_out, self.stays = None, 0, frozenset()
        self._running.clear()

    def note(self, kind: str, **content: Any) -> Step:
        """Add a step that is done at once."""
        return self._add(Step(kind, content, self.newest, self._number))

    def sends(self, signer: Account | Contract, receiver_id: str, actions: Actions, called: str, **content: Any) -> Step:
        """Add a transaction; it is done when :meth:`Step.ends` or :meth:`Step.fails` is called."""
        sent = {"signer": signer.id, "receiver": receiver_id, "actions": tuple(actions), "called": called, **content}
        beside = tuple(step for step in self._running)
        step = Step("transaction", sent, self.newest, self._number, beside, key=signer.key, _running=self._running)
        self._running.add(step)
        return self._add(step)

    def signs(self, signer: Account | Contract, receiver_id: str, actions: Actions, blocks: int, signature: str) -> Step:
        """Add a delegate action that an account has signed for a relayer; the chain has not changed by that."""
        signed = {
            "signer": signer.id, "receiver": receiver_id, "actions": tuple(actions), "blocks": blocks, "signature": signature
        }  # fmt: skip
        return self._add(Step("delegate", signed, self.newest, self._number, tuple(self._running), key=signer.key))

    def load(self, content: bytes) -> None:
        """Become a chain that was saved: nothing before it counts."""
        self.begin()
        self.note("load", chain=content)

    def go_back(self, newest: Step | None, *, with_the_chain: bool = True) -> None:
        """Follow the chain back to where it was. Where an error is on its way, what it left is remembered.

        Not ``with_the_chain``: it cannot go back, so what was sent to accounts that stay is still there.
        """
        if not with_the_chain and self.newest is not None:
            undone = itertools.takewhile(lambda step: step is not newest, self.newest.path())
            self.stays |= {step.content["receiver"] for step in undone if step.kind == "transaction"}
        error = sys.exc_info()[1]
        if self.watched and error is not None and (self._when_failed is None or self._when_failed[0] is not error):
            self._when_failed = (error, self.newest)
        self.newest, self.left_out = newest, 0

    def at_failure(self, error: BaseException | None) -> Step | None:
        """Return the newest step where an error was raised: a ``with near.anchor()`` has gone back since, or an example."""
        found, self._when_failed = self._when_failed, None
        if found is not None and error is not None and any(found[0] is one for one in _chain(error)):
            return found[1]
        return self.newest

    @property
    def _number(self) -> int:
        return 1 if self.newest is None else self.newest.number + 1

    def _add(self, step: Step) -> Step:
        if step.kind == "view" and step.number > _MOST_WITH_VIEWS:
            return step
        if step.number > MOST_STEPS:
            self.left_out += 1
        else:
            self.newest = step
        return step


def _chain(error: BaseException) -> list[BaseException]:
    """An error, those in it and those behind it."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and not any(one is known for known in found):
            found.append(one)
            waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
    return found
