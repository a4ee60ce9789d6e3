"""The pages of the rules: ``docs/rules`` in a checkout, which an installed package carries along."""

from __future__ import annotations

from pathlib import Path

from near_harness.errors import HarnessError

_PLACES = (Path(__file__).parent / "rules" / "pages", Path(__file__).parents[2] / "docs" / "rules")


def page_path(rule_id: str) -> str:
    """Where a rule's page is, from the top of the documentation."""
    return f"rules/{rule_id}.md"


def page(rule_id: str) -> str:
    """Return the page of a rule, as Markdown.

    :raises HarnessError: where the installation lacks it.
    """
    for place in _PLACES:
        path = place / f"{rule_id}.md"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise HarnessError(f"the page of {rule_id} is in neither of {', '.join(map(str, _PLACES))}: install near-harness again")
