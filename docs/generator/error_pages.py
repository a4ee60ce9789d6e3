"""A page for each error, made from the docstring and the hint of its class when the site is built.

The pages are written into ``docs/errors``, which is not committed: the classes are the one source.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from generator.pages import write_pages

from near_harness.explanations.errors import Kind, grouped, home_of, in_a_test, kinds

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def page(name: str, kind: Kind, found: dict[str, Kind]) -> str:
    """The page of one error, in reStructuredText as its docstring is."""
    above = [base.__name__ for base in kind.__mro__[1:] if found.get(base.__name__) is base]
    below = [other for other, subclass in found.items() if kind in subclass.__bases__]
    # Not in the navigation, which every page repeats: the index leads here.
    parts = [":orphan:", "", name, "=" * len(name), "", f".. autoexception:: {home_of(kind)}.{name}", ""]
    if hint := getattr(kind, "hint", ""):
        parts += ["What to try", "-----------", "", _escaped(hint), ""]
    parts += ["In a test", "---------", "", *_in_a_test(kind), ""]
    parts += ["Where it stands", "---------------", ""]
    if above:
        parts += [f"Is a kind of: {_links(above)}.", ""]
    if below:
        parts += [f"Its own kinds: {_links(below)}.", ""]
    if variant := vars(kind).get("variant"):
        parts += [f"nearcore calls it ``{variant}``.", ""]
    return "\n".join(parts) + "\n"


def _in_a_test(kind: Kind) -> list[str]:
    return [".. code-block:: python", "", *(f"   {line}".rstrip() for line in in_a_test(kind))]


def _links(names: Iterable[str]) -> str:
    return ", ".join(f":doc:`{name}`" for name in names)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("`", "\\`")


def index(found: dict[str, Kind]) -> str:
    """The page that lists all errors in their groups."""
    parts = ["Errors", "======", "", "Every error is a class, and all are below ``near_harness.HarnessError``.", ""]
    for group, names in grouped(found):
        if not names:
            continue
        parts += [group.title, "-" * len(group.title), "", group.why, ""]
        for name in names:
            first = (inspect.getdoc(found[name]) or "").splitlines()[0]
            parts += [f":doc:`{name}`", f"   {first}", ""]
    return "\n".join(parts)


def pages() -> dict[str, str]:
    """The pages by file name."""
    found = kinds()
    return {"index.rst": index(found), **{f"{name}.rst": page(name, kind, found) for name, kind in found.items()}}


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this when it loads the extension."""
    write_pages(Path(app.srcdir) / "errors", pages())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
