"""What can go wrong with an exploration, beside what it looks for."""

from __future__ import annotations

from near_harness.errors import BadInput, HarnessError


class ScheduleDiverged(BadInput):
    """A schedule that was given names a receipt that is not on its way there: the contracts or the calls are others now."""


class NotDeterministic(HarnessError):
    """The same order of the same receipts gave two different states: nothing that was found could be trusted."""


class ExplorationFailed(AssertionError):
    """An order of receipts was found that breaks what must hold; the text has it, and how to run it again."""


class CannotExplore(HarnessError):
    """A scenario that cannot be run: its file cannot be imported, or nothing in it explores."""
