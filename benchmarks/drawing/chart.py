"""The comparisons as a picture: a bar for each, SVG that asks for nothing outside of itself."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rows import OURS, Row, sections, works

_WIDTH, _LABELS, _BARS, _LINE, _MARGIN = 860, 270, 440, 19, 18
_INK, _FAINT, _OURS, _OTHERS, _PAPER = "#1f2328", "#656d76", "#0969da", "#afb8c1", "#ffffff"


def chart(rows: Sequence[Row]) -> str:
    """Draw the picture: within each piece of work the longest bar is the slowest."""
    drawn: list[str] = []
    y = float(_MARGIN)
    for section, found in sections(rows):
        if not section.compares:
            continue
        y += 20
        drawn.append(_text(_MARGIN, y, section.value.removeprefix("Beside others: "), size=15, weight="bold"))
        for name, beside in works(found):
            y += 26
            drawn.append(_text(_MARGIN, y, name, size=12, colour=_FAINT))
            y += 5
            longest = max((row.value for row in beside if row.value is not None), default=0.0)
            for row in beside:
                drawn.append(_line(row, longest, y))
                y += _LINE
        y += 14
    height = y + _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" height="{height:.0f}" '
        'role="img" aria-label="times, beside others" font-family="system-ui, sans-serif">\n'
        f'<rect width="{_WIDTH}" height="{height:.0f}" rx="8" fill="{_PAPER}" stroke="#d0d7de"/>\n'
        + "\n".join(drawn)
        + "\n</svg>\n"
    )


def _line(row: Row, longest: float, y: float) -> str:
    middle = y + _LINE * 0.7
    label = _text(_LABELS, middle, row.by, anchor="end")
    if row.value is None:
        return label + _text(_LABELS + 8, middle, _cut(row.why), colour=_FAINT, size=11)
    length = max(_BARS * row.value / longest, 1.5) if longest else 0
    colour = _OURS if row.by.startswith(OURS) else _OTHERS
    bar = f'<rect x="{_LABELS + 8}" y="{y + 3:.1f}" width="{length:.1f}" height="{_LINE - 6}" rx="2" fill="{colour}"/>'
    return label + bar + _text(_LABELS + 14 + length, middle, row.shown)


def _text(
    x: float, y: float, text: str, *, size: int = 12, weight: str = "normal", colour: str = _INK, anchor: str = "start"
) -> str:
    style = f'font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>'


def _cut(text: str, longest: int = 88) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
