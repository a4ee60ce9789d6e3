"""Every page with Python in it is run, and every test of a page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from docs.blocks import DOCS, ROOT, blocks, is_project, pages
from docs.conftest import collected

_PAGES = [
    page
    for page in [*pages(), ROOT / "README.md"]
    if not is_project(page) and any(block.language == "python" for block in blocks(page))
]


def _name(page: Path) -> str:
    return os.path.relpath(page, DOCS)


@pytest.mark.parametrize("page", _PAGES, ids=_name)
def test_a_page_with_python_is_run(page: Path) -> None:
    runner = Path(__file__).parent / f"test_page_{page.stem.lower().replace('-', '_')}.py"
    assert f'collected("{_name(page)}")' in runner.read_text()
    tests = [name for name in collected(_name(page)) if name.startswith("test_")]
    assert len(tests) == sum(block.tests for block in blocks(page)) > 0
