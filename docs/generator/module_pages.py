"""Pages for what no page of ``docs/reference`` describes, one for each part of the package, so that every name has a place."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from generator.error_pages import explained
from generator.pages import write_pages

import near_harness

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_AUTO = re.compile(r"^\.\. auto(module|class|function|exception):: (near_harness[\w.]*)((?:\n   :.*)*)", re.MULTILINE)


def modules() -> Iterator[ModuleType]:
    """All modules of the package that have a public name."""
    for found in pkgutil.walk_packages(near_harness.__path__, "near_harness."):
        if not any(part.startswith("_") for part in found.name.split(".")):
            yield importlib.import_module(found.name)


def members(module: ModuleType) -> dict[str, Any]:
    """The public classes and functions that a module defines itself, in their order."""
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == module.__name__
        and value.__name__ == name
    }


def described(folder: Path) -> tuple[set[str], set[Any]]:
    """The modules that the written pages name, and the classes and functions that they describe."""
    named: set[str] = set()
    objects: set[Any] = set(explained().values())
    for page in folder.glob("*.md"):
        for kind, name, options in _AUTO.findall(page.read_text(encoding="utf-8")):
            if kind == "module":
                named.add(name)
                if ":no-members:" not in options:
                    objects |= set(members(importlib.import_module(name)).values())
            else:
                home, _, attribute = name.rpartition(".")
                objects.add(getattr(importlib.import_module(home), attribute))
    return named, objects


def section(module: ModuleType, left: dict[str, Any], *, named: bool) -> list[str]:
    """What a module has that is described nowhere else."""
    title = module.__name__.removeprefix("near_harness.")
    parts = [title, "-" * len(title), ""]
    if not named:
        parts += [f".. automodule:: {module.__name__}", "   :no-members:", ""]
    for name, value in left.items():
        kind = "function"
        if inspect.isclass(value):
            kind = "exception" if issubclass(value, BaseException) else "class"
        parts += [f".. auto{kind}:: {module.__name__}.{name}", ""]
    return parts


def pages(reference: Path) -> dict[str, str]:
    """The pages by file name, and an index. A part is a module or a folder of the package."""
    named, objects = described(reference)
    found: dict[str, list[str]] = {}
    for module in modules():
        left = {name: value for name, value in members(module).items() if value not in objects}
        if left or module.__name__ not in named:
            part = module.__name__.split(".")[1]
            # Not in the navigation, which every page repeats: the index leads here.
            page = found.setdefault(part, [":orphan:", "", part, "=" * len(part), ""])
            page += section(module, left, named=module.__name__ in named)
    title = "What is inside"
    text = "The rest of the package, for those who work on it. It may change from one version to the next."
    links = [f"* :doc:`{part}`" for part in sorted(found)]
    index = [title, "=" * len(title), "", text, "", *links, ""]
    return {f"{name}.rst": "\n".join(lines) for name, lines in {**found, "index": index}.items()}


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this when it loads the extension."""
    reference = Path(app.srcdir) / "reference"
    write_pages(reference / "inside", pages(reference))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
