"""The pages of the documentation's site, as the tests see them: links, what they load, the anchors there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

_LOADS = {
    ("audio", "src"),
    ("embed", "src"),
    ("iframe", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("link", "href"),
    ("object", "data"),
    ("script", "src"),
    ("source", "src"),
    ("source", "srcset"),
    ("video", "src"),
}
_PAGES_OF_LINKS = {"canonical", "next", "prev", "search", "index", "author", "license", "copyright", "help", "contents", "up"}
"""Relations of ``link`` that a browser does not load."""


@dataclass
class Page:
    """What one page has."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.page.anchors.add(given["id"])
        if tag == "a" and "href" in given:
            self.page.links.append(given["href"])
        if tag == "link" and given.get("rel", "") in _PAGES_OF_LINKS:
            return
        self.page.loads += [value for name, value in given.items() if (tag, name) in _LOADS]

    def handle_data(self, data: str) -> None:
        self.page.text += data


def read_pages(site: Path) -> dict[Path, Page]:
    """Read all pages of a folder."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        reader = _Reader()
        reader.feed(path.read_text(encoding="utf-8"))
        found[path] = reader.page
    return found
