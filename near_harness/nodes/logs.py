"""The end of a node's log, as errors and reports show it."""

from __future__ import annotations

LOG_LINES = 30
"""How many of the last lines of a node's log an error shows."""


def last_lines(log: str, lines: int = LOG_LINES) -> str:
    """Return the end of a log, indented, for an error's text."""
    found = log.strip().splitlines()
    if not found:
        return "it wrote nothing"
    shown = "\n".join(f"  | {line}" for line in found[-lines:])
    return f"the last lines that it wrote:\n{shown}"
