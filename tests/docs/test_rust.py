"""Rust in the documentation is no sketch: each method of a block stands, letter by letter, in a source that is compiled."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
from docs.blocks import DOCS, ROOT, Block, blocks, pages, stands_in

_FOLDERS = (ROOT / "contracts", ROOT / "tests" / "clients" / "rust")
"""The contracts, whose compiled files fit their sources, and the tests of published clients, which are compiled and run."""
_PAGES = {os.path.relpath(page, DOCS): page for page in (*pages(), ROOT / "README.md")}
_BLOCKS = [(name, block) for name, page in _PAGES.items() for block in blocks(page) if block.language == "rust"]


@cache
def _sources() -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for folder in _FOLDERS for path in folder.rglob("*.rs")}


@pytest.mark.parametrize(("page", "block"), _BLOCKS, ids=[f"{name}:{block.line}" for name, block in _BLOCKS])
def test_rust_stands_in_a_source(page: str, block: Block) -> None:
    there = [path for path, source in _sources().items() if stands_in(block.code, source)]
    assert there, f"{page}, line {block.line}: this stands in no file below {', '.join(map(str, _FOLDERS))}"
