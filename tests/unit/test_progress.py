"""How far long work is: a bar on a terminal, lines in a log, nothing where it is not wanted."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress

import pytest

from near_harness import progress as module
from near_harness.progress import progress, untold


def _with(monkeypatch: pytest.MonkeyPatch, seconds: list[float]) -> str:
    moments = iter(seconds)
    monkeypatch.setattr(module, "monotonic", lambda: next(moments))
    file = io.StringIO()
    with progress("reading, entries", file=file) as tell:
        tell(1, 0)
        tell(2_000, 0)
        tell(3_000, 4_000)
    return file.getvalue()


def test_lines_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _with(monkeypatch, [0.0, 1.0, 12.0, 30.0]) == (
        "reading, entries: 2,000 after 12 s\nreading, entries: 3,000 of 4,000 after 30 s\n"
    )


def test_nothing_for_short_work(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _with(monkeypatch, [0.0, 1.0, 2.0, 3.0]) == ""


def _all_of(terminal: int) -> str:
    """What was written to a terminal that is closed at the other end: it comes in pieces, and Linux ends it with an error."""
    pieces = []
    with suppress(OSError), os.fdopen(terminal, "rb", buffering=0) as file:
        while piece := file.read(100_000):
            pieces.append(piece)
    return b"".join(pieces).decode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no terminals that a program can make")
def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    import pty  # not on Windows

    monkeypatch.setenv("TERM", "xterm")
    main, side = pty.openpty()
    with os.fdopen(side, "w") as file, progress("auditing [bank], runs", file=file) as tell:
        tell(5, 40)
        tell(40, 40)
    shown = _all_of(main)
    assert "auditing [bank], runs" in shown
    assert "40 of 40" in shown


def test_hidden() -> None:
    with progress("x", hidden=True) as tell:
        assert tell is untold
