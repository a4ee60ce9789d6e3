"""What errors and reports show of a node's log: its end, and what contracts wrote into it."""

from __future__ import annotations

import re
from collections.abc import Iterable

LOG_LINES = 30
"""How many of the last lines of a node's log an error shows."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_RECORD = re.compile(r"\d{4}-\d\d-\d\dT|\[the process has ended")
"""What a line begins with that is no further line of the one before."""
_DEBUG_LINE = re.compile(r"\bDEBUG\b.*?\bsandbox: ?(.*)")


def last_lines(log: str, lines: int = LOG_LINES) -> str:
    """Return the end of a log, indented, for an error's text."""
    found = log.strip().splitlines()
    if not found:
        return "it wrote nothing"
    shown = "\n".join(f"  | {line}" for line in found[-lines:])
    return f"the last lines that it wrote:\n{shown}"


def debug_log(prints: Iterable[tuple[int, str, str, str]]) -> str:
    """Return what contracts printed (height, account, method, text) as nearcore's log has it."""
    return "".join(
        f"DEBUG run{{height={height} receiver={account_id} method={method}}}: sandbox: {line}\n"
        for height, account_id, method, text in prints
        for line in text.splitlines() or [""]
    )


def debug_lines(log: str) -> list[str]:
    """Return what contracts wrote with the host function ``sandbox_debug_log``: nearcore's log has it under ``sandbox``."""
    found: list[str] = []
    printing = False
    for coloured in log.splitlines():
        line = _COLOUR.sub("", coloured)
        begun = _DEBUG_LINE.search(line)
        if begun is not None:
            found.append(begun[1])
        elif printing and not _RECORD.match(line):  # a text of several lines goes on
            found.append(line)
            continue
        printing = begun is not None
    return found
