"""What an exploration needs beside its question, and what somebody else than the test may want instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from near_harness.errors import BadInput
from near_harness.progress import Progress, untold

if TYPE_CHECKING:
    from distributed import Client

    from near_harness.accounts import Account
    from near_harness.explore.report import Report
    from near_harness.explore.scene import Sendable


@dataclass(frozen=True)
class Around:
    """Who else takes part in an exploration, who works at it, and who is told; see :meth:`near_harness.Near.explore`."""

    eventually: tuple[Sendable, ...] = ()
    stranger: Account | None = None
    schedule: str | None = None
    time_outs: bool = False
    workers: Client | None = None
    progress: Progress = untold

    def __post_init__(self) -> None:
        if self.stranger is not None and not (hasattr(self.stranger, "id") and hasattr(self.stranger, "key")):
            raise BadInput(f"stranger={self.stranger!r}: an account is wanted, such as bob")
        if self.schedule is not None and not isinstance(self.schedule, str):
            raise BadInput(f"schedule={self.schedule!r}: a line is wanted, as a finding names it: 'near-schedule v1 …'")


@dataclass
class Wishes:
    """What is asked of every exploration instead of what the test asks, and what came of it.

    ``asked`` are keywords of :meth:`near_harness.Near.explore` that a question has, ``around`` those of :class:`Around`;
    ``stranger`` is a name, since the accounts are the test's own.
    """

    asked: Mapping[str, Any] = field(default_factory=dict)
    around: Mapping[str, Any] = field(default_factory=dict)
    stranger: str | None = None
    reports: list[Report] = field(default_factory=list)
    """What the explorations of the running test gave."""

    async def instead(self, near: Any, asked: Mapping[str, Any], around: Around) -> tuple[Mapping[str, Any], Around]:
        """Return what is asked, and around it, with the wishes in their place."""
        found = replace(around, **self.around)
        if self.stranger is not None:
            known: Account | None = near.known_account(self.stranger)
            found = replace(found, stranger=known or await near.create_account(self.stranger))
        return {**asked, **self.asked}, found
