"""How far long work has come, on standard error: a bar where somebody looks, else a line now and then.

>>> with progress("auditing the bank, runs") as tell:
...     report = await near.audit(bank, progress=tell)

``near.explore``, ``near.audit``, ``near.fault_sweep``, ``near.import_contract`` and campaigns take such a function. A label ends
with what is counted: ``"auditing the bank, runs"``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much; 0 where nobody knows how much there will be."""
_LINE_EVERY_S = 10.0
_BAR_EVERY_S = 0.1


def untold(_done: int, _total: int) -> None:
    """Tell nobody."""


@contextmanager
def progress(label: str, *, hidden: bool = False, file: TextIO | None = None) -> Iterator[Progress]:
    """Yield a function that shows how far the work is; the bar goes away in the end. ``file`` stands for standard error."""
    if hidden:
        yield untold
        return
    from rich.console import Console  # noqa: PLC0415 - only where something is shown

    # A bar in a notebook would need widgets; lines do not.
    console = Console(stderr=True, file=file, force_jupyter=False)
    if console.is_terminal:
        with _bar(label, console) as tell:
            yield tell
    else:
        yield _lines(label, console)


@contextmanager
def _bar(label: str, console: Console) -> Iterator[Progress]:
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - likewise
    from rich.progress import Progress as Bars  # noqa: PLC0415 - likewise

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[much]}"))
    bars = Bars(*columns, TimeElapsedColumn(), console=console, transient=True)
    task = bars.add_task(label, total=None, much="")
    shown_at = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal shown_at
        now = monotonic()
        if now - shown_at >= _BAR_EVERY_S or done == total:
            shown_at = now
            bars.update(task, completed=done, total=total or None, much=_much(done, total))

    with bars:
        yield tell


def _lines(label: str, console: Console) -> Progress:
    """Lines for a log: one in ten seconds says that the work goes on."""
    began = said_at = monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal said_at
        now = monotonic()
        if now - said_at >= _LINE_EVERY_S:
            said_at = now
            console.print(
                f"{label}: {_much(done, total)} after {now - began:.0f} s", markup=False, highlight=False, soft_wrap=True
            )

    return tell


def _much(done: int, total: int) -> str:
    return f"{done:,} of {total:,}" if total else f"{done:,}"
