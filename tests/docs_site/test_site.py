"""The built site asks for nothing outside, its links lead somewhere, everything written is in it, and its search knows it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from docs_site.site_pages import Page

import near_harness
from near_harness.explanations.errors import kinds, warnings

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
_OUTSIDE = re.compile(r"""(?:url\(\s*['"]?|@import\s+['"]|fetch\(\s*['"]|src\s*=\s*['"])(?:https?:)?//[^'")\s]+""")


def test_no_page_loads_anything_from_outside(pages: dict[Path, Page]) -> None:
    assert len(pages) > 100
    outside = [(str(path), load) for path, page in pages.items() for load in page.loads if urlsplit(load).netloc]
    assert outside == []


def test_no_style_or_script_loads_anything_from_outside(site: Path) -> None:
    files = [path for kind in ("*.css", "*.js") for path in site.rglob(kind)]
    assert len(files) > 5
    outside = [(str(path), found) for path in files for found in _OUTSIDE.findall(path.read_text(encoding="utf-8"))]
    assert outside == []


def test_what_pages_load_is_there(site: Path, pages: dict[Path, Page]) -> None:
    missing = {
        (str(path.relative_to(site)), load)
        for path, page in pages.items()
        for load in page.loads
        if not load.startswith("data:") and not (path.parent / unquote(urlsplit(load).path)).is_file()
    }
    assert missing == set()


def test_links_lead_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    broken = set()
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = pages.get(target)
            if not target.is_file() or (known is not None and parts.fragment and unquote(parts.fragment) not in known.anchors):
                broken.add((str(path.relative_to(site)), link))
    assert broken == set()


def test_every_page_that_is_written_is_built_and_in_the_navigation(site: Path, pages: dict[Path, Page]) -> None:
    linked = {(site / unquote(urlsplit(link).path)).resolve() for link in pages[site / "index.html"].links}
    written = [site / page.relative_to(DOCS).with_suffix(".html") for page in DOCS.rglob("*.md")]
    assert len(written) > 20
    assert {str(page) for page in written if page not in pages} == set()
    assert {str(page) for page in written if page not in linked and page.name != "index.html"} == set()


def test_every_public_name_is_in_the_reference(pages: dict[Path, Page]) -> None:
    anchors = {anchor for page in pages.values() for anchor in page.anchors}
    ends = {anchor.rpartition(".")[2] for anchor in anchors if anchor.startswith("near_harness.")}
    assert {name for name in near_harness.__all__ if not name.startswith("_")} - ends == set()


def test_every_error_is_described_on_its_page(site: Path, pages: dict[Path, Page]) -> None:
    names = {**kinds(), **warnings()}
    anchors = {name: pages[site / "errors" / f"{name}.html"].anchors for name in names}
    assert [name for name, found in anchors.items() if not any(anchor.endswith(f".{name}") for anchor in found)] == []


@pytest.mark.parametrize(
    ("stem", "page"),
    [
        ("refund", "money"),
        ("predecessor", "tutorials/lost-deposit"),
        ("sandbox", "sandbox"),
        ("notenoughbal", "errors/NotEnoughBalance"),
    ],
)
def test_the_search_finds_words(site: Path, stem: str, page: str) -> None:
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    found: set[int] = set()
    for table in (index["terms"], index["titleterms"]):
        places = table.get(stem, [])  # words are kept without their endings
        found |= set(places if isinstance(places, list) else [places])
    assert page in {index["docnames"][place] for place in found}


def test_every_option_of_the_plugin_is_described(pages: dict[Path, Page], site: Path) -> None:
    described = pages[site / "reference" / "plugin" / "options.html"].text
    shown = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True, check=True, cwd=site
    ).stdout
    options = set(re.findall(r"--near-[a-z-]+", shown))
    keys = set(re.findall(r"^  (near_\w+) \(", shown, re.MULTILINE))
    assert len(options) > 5 and len(keys) > 5
    assert {name for name in options | keys if name not in described} == set()


def test_the_reference_says_what_is_to_be_awaited(site: Path) -> None:
    text = (site / "reference" / "accounts.html").read_text()
    begins = {name: text.partition(f'id="near_harness.Account.{name}">')[2][:200] for name in ("transfer", "batch")}
    assert "async" in begins["transfer"], begins
    assert begins["batch"]
    assert "async" not in begins["batch"]
