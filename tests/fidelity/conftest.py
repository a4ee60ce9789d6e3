"""Adds up what the replays found: ``fidelity: N of M recorded steps equal``."""

from __future__ import annotations

from typing import Any

PROPERTY = "fidelity"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    found = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, value in report.user_properties
        if name == PROPERTY
    ]
    if found:
        equal, steps = (sum(column) for column in zip(*found, strict=True))
        terminalreporter.write_line(
            f"fidelity: {equal} of {steps} recorded steps equal", green=equal == steps, red=equal != steps
        )
