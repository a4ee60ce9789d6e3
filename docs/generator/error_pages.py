"""A page for each error, made from the docstring and the hint of its class when the site is built.

The pages are written into ``docs/errors``, which is not committed: the classes are the one source.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from generator.pages import write_pages

from near_harness import errors
from near_harness.expectations import ExpectationFailed
from near_harness.outcome import failures

if TYPE_CHECKING:
    from sphinx.application import Sphinx

Kind = type[BaseException]

GROUPS = (
    (
        "Refused by the harness",
        "Nothing was sent: what was passed in cannot be used. All are a ``BadInput``, which is a ``ValueError``.",
        errors.BadInput,
    ),
    ("The node", "It cannot be had, or cannot do what is asked.", errors.NodeError),
    ("The node's answer", "A request was answered with an error.", errors.RpcError),
    (
        "Refused by the protocol",
        "nearcore's ``InvalidTxError``: nothing was executed and nothing was charged.",
        failures.InvalidTransaction,
    ),
    (
        "Failed in a contract",
        "nearcore's ``FunctionCallError``: the call's changes are rolled back, and its deposit goes back.",
        failures.FunctionCallFailed,
    ),
    (
        "Failed in another action",
        "nearcore's ``ActionErrorKind``: the receipt's changes are rolled back, and its deposit goes back.",
        failures.ActionFailed,
    ),
    ("Others", "", BaseException),
)


def kinds() -> dict[str, Kind]:
    """All classes of errors that a test may meet, by name."""
    found: dict[str, Kind] = {}
    for module in (errors, failures):
        found.update(inspect.getmembers(module, lambda value: inspect.isclass(value) and issubclass(value, errors.HarnessError)))
    return {**dict(sorted(found.items())), "ExpectationFailed": ExpectationFailed}


def grouped(found: dict[str, Kind]) -> Iterator[tuple[str, str, list[str]]]:
    """Each error in the first group that it belongs to: the group's title, its text and the names."""
    left = dict(found)
    for title, text, base in GROUPS:
        names = [name for name, kind in left.items() if issubclass(kind, base)]
        for name in names:
            del left[name]
        yield title, text, names


def page(name: str, kind: Kind, found: dict[str, Kind]) -> str:
    """The page of one error, in reStructuredText as its docstring is."""
    above = [base.__name__ for base in kind.__mro__[1:] if found.get(base.__name__) is base]
    below = [other for other, subclass in found.items() if kind in subclass.__bases__]
    # Not in the navigation, which every page repeats: the index leads here.
    parts = [":orphan:", "", name, "=" * len(name), "", f".. autoexception:: {_home(name)}.{name}", ""]
    if hint := getattr(kind, "hint", ""):
        parts += ["What to try", "-----------", "", _escaped(hint), ""]
    parts += ["In a test", "---------", "", *_in_a_test(name, kind), ""]
    parts += ["Where it stands", "---------------", ""]
    if above:
        parts += [f"Is a kind of: {_links(above)}.", ""]
    if below:
        parts += [f"Its own kinds: {_links(below)}.", ""]
    if variant := vars(kind).get("variant"):
        parts += [f"nearcore calls it ``{variant}``.", ""]
    return "\n".join(parts) + "\n"


def _in_a_test(name: str, kind: Kind) -> list[str]:
    if issubclass(kind, failures.TransactionFailed):
        lines = [f"failure = await contract.method().by(alice).expect_failure({name})"]
    elif issubclass(kind, AssertionError):
        lines = [f"with pytest.raises({name}):", "    expect(tx).succeeded()"]
    else:
        lines = [f"with pytest.raises({name}):", "    ..."]
    code = [f"from {_home(name)} import {name}", "", *lines]
    return [".. code-block:: python", "", *(f"   {line}".rstrip() for line in code)]


def _home(name: str) -> str:
    if name == "ExpectationFailed":
        return "near_harness.expectations"
    return "near_harness.errors" if hasattr(errors, name) else "near_harness.outcome.failures"


def _links(names: Iterable[str]) -> str:
    return ", ".join(f":doc:`{name}`" for name in names)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("`", "\\`")


def index(found: dict[str, Kind]) -> str:
    """The page that lists all errors in their groups."""
    parts = ["Errors", "======", "", "Every error is a class, and all are below ``near_harness.HarnessError``.", ""]
    for title, text, names in grouped(found):
        if not names:
            continue
        parts += [title, "-" * len(title), "", text, ""]
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
