"""A page of all options, ini keys and markers of the pytest plugin, made from what the plugin itself tells pytest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.pages import write_pages

from near_harness.plugin import hooks

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class Recorder:
    """Stands where pytest's parser stands when the plugin adds its options, and remembers them."""

    def __init__(self) -> None:
        self.options: dict[str, str] = {}
        self.keys: dict[str, str] = {}

    def getgroup(self, *_: Any, **__: Any) -> Recorder:
        """A group of options is remembered like any other."""
        return self

    def addoption(self, *names: str, help: str = "", **_: Any) -> None:  # noqa: A002 - pytest's name for it
        """An option of the command line."""
        self.options[", ".join(names)] = help

    def addini(self, name: str, help: str = "", *_: Any, **__: Any) -> None:  # noqa: A002 - likewise
        """A key of the ini file."""
        self.keys[name] = help


def page() -> str:
    """The page, in reStructuredText."""
    found = Recorder()
    hooks.pytest_addoption(found)  # type: ignore[arg-type] # it has what the plugin uses of a parser
    title = "Options and ini keys"
    parts = [title, "=" * len(title), "", "Options", "-------", "", *_definitions(found.options)]
    parts += ["Keys of the ini file", "--------------------", "", *_definitions(found.keys)]
    return "\n".join(parts)


def _definitions(entries: dict[str, str]) -> list[str]:
    lines: list[str] = []
    for name, text in entries.items():
        lines += [f"``{name}``", f"   {_plain(text)}", ""]
    return lines


def _plain(text: str) -> str:
    plain = "".join(f"\\{letter}" if letter in "*`|_\\" else letter for letter in text)
    return plain[:1].upper() + plain[1:]


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this when it loads the extension."""
    write_pages(Path(app.srcdir) / "reference" / "plugin", {"options.rst": page()})
    return {"parallel_read_safe": True, "parallel_write_safe": True}
