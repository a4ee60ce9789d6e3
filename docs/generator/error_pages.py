"""A page for each error and warning, made from :mod:`near_harness.explanations`, which ``near-harness explain`` prints as well.

The pages are written into ``docs/errors``, which is not committed.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.pages import write_pages

from near_harness.explanations.errors import Kind, grouped, home_of, kinds, warnings
from near_harness.explanations.find import Explanation, explain
from near_harness.explanations.long_texts import Section

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def explained() -> dict[str, Kind]:
    """The classes that have a page, by name."""
    return {**kinds(), **warnings()}


def page(kind: Kind, told: Explanation, names: AbstractSet[str]) -> str:
    """The page of one error, in reStructuredText as its docstring is. ``names`` are those of all that have one."""
    # Not in the navigation, which every page repeats: the index leads here.
    parts = [":orphan:", "", told.code, "=" * len(told.code), "", f".. autoexception:: {home_of(kind)}.{told.code}", ""]
    others = names - {told.code}
    parts += [line for section in told.more.sections for line in _section(section.title, _prose_and_code(section, others))]
    parts += _section("In a test", _code("\n".join(told.in_a_test)))
    stands = [f"nearcore calls it ``{told.nearcore}``."] if told.nearcore else []
    stands += [f"It is a kind of {_links(told.is_a)}."] if told.is_a else []
    stands += [f"Its own kinds: {_links(told.kinds)}."] if told.kinds else []
    parts += _section("Where it stands", "\n\n".join(stands))
    read = "\n".join(f"* :doc:`/{page}`" for page in told.more.read)
    return "\n".join(parts + _section("What to read", read))


def _prose_and_code(section: Section, links: Container[str]) -> str:
    return "\n\n".join(_code(one.text) if one.is_code else _marked(one.text, links) for one in section.paragraphs)


def _code(text: str) -> str:
    return "\n".join([".. code-block:: python", "", *(f"   {line}".rstrip() for line in text.splitlines())])


def _marked(text: str, links: Container[str]) -> str:
    """Prose of Markdown, which has no more than code between backticks, as reStructuredText; names in ``links`` lead to pages."""
    parts = enumerate(text.split("`"))
    return "".join(
        _escaped(part) if not number % 2 else f":doc:`{part}`" if part in links else f"``{part}``" for number, part in parts
    )


def _section(title: str, text: str) -> list[str]:
    return [title, "-" * len(title), "", text, ""] if text else []


def _links(names: Iterable[str]) -> str:
    return ", ".join(f":doc:`{name}`" for name in names)


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "\\*`|_" else letter for letter in text)


def index(told: dict[str, Explanation]) -> str:
    """The page that lists all errors in their groups."""
    about = (
        "Every error is a class below ``near_harness.HarnessError``, but expectations and explorations that fail, which are an "
        "``AssertionError``; warnings are a ``UserWarning``. ``near-harness explain NAME`` prints what is on these pages."
    )
    parts = ["Errors and warnings", "===================", "", about, ""]
    for group, names in grouped(explained()):
        lines = [line for name in names for line in (f":doc:`{name}`", f"   {told[name].title}", "")]
        parts += _section(group.title, "\n".join([group.why, "", *lines])) if names else []
    return "\n".join(parts)


def pages() -> dict[str, str]:
    """The pages by file name."""
    classes = explained()
    told = {name: next(one for one in explain(name) if one.code == name) for name in classes}
    found = {f"{name}.rst": page(kind, told[name], classes.keys()) for name, kind in classes.items()}
    return {"index.rst": index(told), **found}


def _without_arguments(_app: Sphinx, what: str, *rest: Any) -> tuple[str, None] | None:
    """Show a class of errors by its name: it is caught, and made by nobody but the harness."""
    *_, signature, _returned = rest
    return ("", None) if what == "exception" and signature else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this when it loads the extension."""
    app.connect("autodoc-process-signature", _without_arguments)
    write_pages(Path(app.srcdir) / "errors", pages())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
