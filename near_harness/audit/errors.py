"""What keeps an audit from being made."""

from __future__ import annotations

from near_harness.errors import HarnessError


class CannotAudit(HarnessError):
    """The contract cannot be deployed, initialised or run, so nothing can be said of it."""


class CannotWrite(HarnessError):
    """A report, a script or a baseline cannot be written where it is wanted."""
