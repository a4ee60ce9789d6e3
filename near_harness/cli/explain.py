"""``near-harness explain CODE``: what an error, a warning or a rule means, why it comes, what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from near_harness.cli.command import CONTEXT, Command, json_option, put

if TYPE_CHECKING:
    from near_harness.explanations.find import Explanation
    from near_harness.explanations.long_texts import Section

_WIDTH = 120


@click.command("explain", cls=Command, context_settings=CONTEXT, short_help="Say what an error, a warning or a rule means.")
@click.argument("code", nargs=-1)
@click.option("--list", "list_all", is_flag=True, help="List everything that can be explained.")
@json_option
def command(*, code: tuple[str, ...], list_all: bool, as_json: bool) -> None:
    """Say what CODE means, why it comes and what to do.

    CODE is the name of an error or warning of the harness (NotEnoughBalance), nearcore's own (InvalidTxError, UNKNOWN_ACCOUNT),
    a rule of the audit (NH001), or a whole line that has such names in it.
    """
    from near_harness.explanations.find import codes, explain  # noqa: PLC0415 - only where it runs

    if list_all:
        known = codes()
        put(
            {"schema": "near_harness/explain_list@1", "codes": known},
            lambda: "\n".join(f"{name:48} {title}" for name, title in known.items()),
            as_json=as_json,
        )
        return
    if not code:
        raise click.UsageError("give a CODE, or --list")
    found = explain(" ".join(code))
    put({"schema": "near_harness/explain@1", "found": [asdict(one) for one in found]}, lambda: _text(found), as_json=as_json)


def _text(found: list[Explanation]) -> str:
    return "\n\n".join(_one(one) for one in found)


def _one(one: Explanation) -> str:
    if one.kind == "rule":
        return one.meaning
    lines = [f"{one.code} ({one.kind})", "", _plain(one.meaning)]
    lines += [line for section in one.more.sections for line in _section(section)]
    lines += ["", f"What to do: {one.what_to_do}"] if one.what_to_do != one.more.mend else []
    lines += ["", f"nearcore calls it {one.nearcore}."] if one.nearcore else []
    lines += ["", f"It is a kind of {', '.join(one.is_a)}."] if one.is_a else []
    lines += ["", f"Its own kinds: {', '.join(one.kinds)}."] if one.kinds else []
    lines += ["", "In a test:", *(f"    {line}".rstrip() for line in one.in_a_test)]
    return "\n".join([*lines, "", f"Read on in the documentation: {', '.join(one.more.read)}"])


def _section(section: Section) -> Iterator[str]:
    yield from ("", section.title)
    for paragraph in section.paragraphs:
        if paragraph.is_code:
            yield from (f"    {line}".rstrip() for line in paragraph.text.splitlines())
        else:
            yield from textwrap.wrap(paragraph.text, _WIDTH, initial_indent="  ", subsequent_indent="  ")


def _plain(text: str) -> str:
    """Docstrings in reStructuredText, for a terminal."""
    return text.replace("``", "`")
