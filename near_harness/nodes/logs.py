"""What errors and reports show of a node's log: its end, and what contracts wrote into it."""

from __future__ import annotations

import re

LOG_LINES = 30
"""How many of the last lines of a node's log an error shows."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_DEBUG_LINE = re.compile(r"\bDEBUG\b.*?\bsandbox: ?(.*)")


def last_lines(log: str, lines: int = LOG_LINES) -> str:
    """Return the end of a log, indented, for an error's text."""
    found = log.strip().splitlines()
    if not found:
        return "it wrote nothing"
    shown = "\n".join(f"  | {line}" for line in found[-lines:])
    return f"the last lines that it wrote:\n{shown}"


def debug_lines(log: str) -> list[str]:
    """Return what contracts wrote with the host function ``sandbox_debug_log``: nearcore's log has it under ``sandbox``."""
    found = (_DEBUG_LINE.search(_COLOUR.sub("", line)) for line in log.splitlines())
    return [line[1] for line in found if line is not None]
