"""Settings that the pages show as an ini file do what they say."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

import pytest
from docs.blocks import DOCS, Block, blocks, is_project, pages

_SHOWN = [
    pytest.param(block, id=f"{page.relative_to(DOCS)}:{block.line}")
    for page in pages()
    if not is_project(page)
    for block in blocks(page)
    if block.language == "ini"
]
_TEST = """
async def test_genesis(near):
    genesis = await near.client.rpc("EXPERIMENTAL_genesis_config", [])
    assert {name: str(genesis[name]) for name in WANTED} == WANTED
"""


@pytest.mark.parametrize("block", _SHOWN)
def test_a_setting_of_a_page_works(block: Block, tmp_path: Path) -> None:
    settings = configparser.ConfigParser()
    settings.read_string(block.code)
    wanted = dict(line.split("=") for line in settings["pytest"]["near_genesis"].split())
    (tmp_path / "pytest.ini").write_text(block.code)
    (tmp_path / "test_settings.py").write_text(f"WANTED = {wanted!r}\n{_TEST}")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--strict-config", "--near-node=embedded"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=120, check=False)  # noqa: S603
    assert wanted
    assert done.returncode == 0, done.stdout
