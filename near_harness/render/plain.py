"""Drawings as plain text."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType

_WIDEST = 10_000


def plain_text(drawing: RenderableType, width: int = _WIDEST) -> str:
    """Draw without colours, with nothing behind the last character of a line."""
    out = io.StringIO()
    # In a notebook rich would show it below the cell, and write nothing.
    console = Console(
        file=out, width=width, color_system=None, highlight=False, markup=False, emoji=False, force_jupyter=False
    )  # fmt: skip
    console.print(drawing)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
