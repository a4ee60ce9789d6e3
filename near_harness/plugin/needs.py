"""``@pytest.mark.near_needs("snapshot", …)``: tests that only some nodes can run.

On a node without the capability the test is skipped, with a reason that names both, and is listed at the end of the run.
``near_needs(protocol=87)`` asks for that protocol version or a later one.
"""

from __future__ import annotations

from typing import Any

import pytest

from near_harness.errors import InvalidSetting
from near_harness.nodes.base import CAPABILITIES, Node

MARKER = (
    f"near_needs(*capabilities, protocol=0): run the test only on a node that has these ({', '.join(CAPABILITIES)}), "
    "and at least that protocol version"
)
_BEGIN = "near_needs: "


def asks_for_something(item: pytest.Item) -> bool:
    """Whether the test is marked."""
    return item.get_closest_marker("near_needs") is not None


def check_markers(item: pytest.Item) -> None:
    """Refuse a mark that nothing can satisfy.

    :raises InvalidSetting: naming the capabilities that there are.
    """
    for mark in item.iter_markers("near_needs"):
        unknown = [name for name in mark.args if name not in CAPABILITIES]
        odd = [name for name in mark.kwargs if name != "protocol"]
        if unknown or odd or not (mark.args or mark.kwargs) or not isinstance(mark.kwargs.get("protocol", 0), int):
            raise InvalidSetting(
                f"{item.nodeid}: near_needs takes names out of {', '.join(CAPABILITIES)}, and protocol=NUMBER, "
                f"not {', '.join(map(repr, [*unknown, *odd])) or 'this'}"
            )


def missing(item: pytest.Item, node: Node, name: str) -> str | None:
    """Return why a test cannot run on a node, or None where it can."""
    for mark in item.iter_markers("near_needs"):
        lacking = [capability for capability in mark.args if not node.capabilities.has(capability)]
        if lacking:
            return f"{_BEGIN}the test needs {' and '.join(lacking)}, which the node {name} has not"
        protocol = mark.kwargs.get("protocol", 0)
        if node.protocol_version < protocol:
            return f"{_BEGIN}the test needs protocol {protocol}, and the node {name} runs {node.protocol_version}"
    return None


def other_version(name: str, version: int, wanted: int | None) -> str:
    """Return the reason for skipping a protocol version that one of several nodes has not."""
    return f"{_BEGIN}the test is to run with protocol {wanted}, and the node {name} runs {version}"


def summary(stats: dict[str, list[Any]]) -> list[str]:
    """Return the lines that list what was skipped, by reason."""
    reasons: dict[str, list[str]] = {}
    for report in stats.get("skipped", []):
        longrepr = getattr(report, "longrepr", None)
        reason = str(longrepr[2]).removeprefix("Skipped: ") if isinstance(longrepr, tuple) else ""
        if reason.startswith(_BEGIN):
            reasons.setdefault(reason.removeprefix(_BEGIN), []).append(report.nodeid)
    return [line for reason, tests in reasons.items() for line in (f"{reason}:", *(f"  {test}" for test in tests))]
