"""Runs the code of the documentation: each Python block of a page that defines tests, with the names that the pages use."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent.parent / "docs"
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> Iterator[tuple[int, str]]:
    """The Python blocks of a page that define tests, and the lines where they begin."""
    text = page.read_text()
    for found in _BLOCK.finditer(text):
        if "def test_" in found[1]:
            yield text.count("\n", 0, found.start()) + 2, textwrap.dedent(found[1])


def collected(page: str) -> dict[str, object]:
    """Compile the tests of a page into a namespace; errors name the page and its lines."""
    import near_harness
    from near_harness import actions, errors, gas, transactions
    from near_harness.outcome import failures

    space: dict[str, object] = {"pytest": pytest, "transactions": transactions, "actions": actions}
    for module in (failures, errors, gas, near_harness):
        space.update({name: getattr(module, name) for name in dir(module) if not name.startswith("_")})
    tests: dict[str, object] = {}
    for line, code in blocks(DOCS / page):
        before = set(space)
        exec(compile("\n" * (line - 1) + code, str(DOCS / page), "exec"), space)  # noqa: S102 - the project's own pages
        new = {name: space[name] for name in set(space) - before if name.startswith("test_")}
        assert new, f"{page}, line {line}: a test of this name is there already"
        tests.update(new)
    return tests


@pytest.fixture
async def pool(near, contracts):
    return await near.deploy(contracts / "staking_pool.wasm", "pool")


@pytest.fixture
async def bank(near, contracts):
    return await near.deploy(contracts / "bank.wasm", "bank")


@pytest.fixture
async def demo(near, contracts):
    return await near.deploy(contracts / "deposit_demo.wasm", "demo")
