"""The table as Markdown, a heading for each section."""

from __future__ import annotations

from collections.abc import Sequence

from rows import Row, figure, sections, times_ours, works


def markdown(rows: Sequence[Row]) -> str:
    """Write the table."""
    parts = []
    for section, found in sections(rows):
        lines = _compared(found) if section.compares else _promised(found)
        parts.append("\n".join((f"### {section.value}", "", *lines)))
    return "\n\n".join(parts) + "\n"


def _promised(rows: Sequence[Row]) -> list[str]:
    lines = ["| measured | value | at most |", "|---|--:|--:|"]
    for row in rows:
        most = "" if row.most is None else f"{row.most:g} {row.unit}"
        lines.append(f"| {row.name} | {row.shown if row.kept else f'**{row.shown}**'} | {most} |")
    return lines


def _compared(rows: Sequence[Row]) -> list[str]:
    lines = ["| measured | by | value | times ours |", "|---|---|--:|--:|"]
    for name, beside in works(rows):
        for row in beside:
            times = times_ours(row, beside)
            lines.append(f"| {name} | {row.by} | {row.shown} | {'' if times is None else figure(times)} |")
    return lines
