"""Every page with tests in it is run, and every test of a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs.conftest import DOCS, blocks, collected

_PAGES = [page for page in sorted(DOCS.glob("*.md")) if any(blocks(page))]


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_a_page_with_tests_is_run(page: Path) -> None:
    runner = Path(__file__).parent / f"test_page_{page.stem}.py"
    assert f'collected("{page.name}")' in runner.read_text()
    assert len(collected(page.name)) == sum(code.count("def test_") for _, code in blocks(page)) > 0
