"""The long texts on errors: each has what a reader looks for, its example is run, and every error has a page."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from docs.blocks import DOCS, blocks
from docs.conftest import collected

import near_harness
from near_harness import actions, errors, gas, transactions
from near_harness.errors import HarnessError
from near_harness.explanations.errors import kinds, warnings
from near_harness.explanations.find import explain
from near_harness.explanations.long_texts import FOLDER, long_text
from near_harness.outcome import failures

_TEXTS = sorted(FOLDER.glob("*.md"))
_WITHIN = {"Impossible", "_EndedEarly"}
"""Errors that no user meets: they are caught where they are used."""

# The page of an error says how it is imported; its example, which the terminal prints too, does without.
_NAMES = {
    name: getattr(module, name) for module in (failures, errors, gas, near_harness) for name in dir(module) if name[0] != "_"
}
_NAMES |= {"pytest": pytest, "transactions": transactions, "actions": actions}  # failures has modules of these names, too
for _path in _TEXTS:
    globals().update(collected(_path, _NAMES))


@pytest.mark.parametrize("name", [path.stem for path in _TEXTS])
def test_a_text_is_of_an_error_and_has_all_parts(name: str) -> None:
    assert name in {**kinds(), **warnings()}
    text = long_text(name)
    why, example, mend = text.sections
    assert (why.title, example.title, mend.title) == (why.title, "An example", "How to mend it")
    assert why.title in {"Why the protocol does so", "Why the harness does so"}
    assert any(paragraph.is_code and name in paragraph.text for paragraph in example.paragraphs) or name == "ScheduleDiverged"
    assert sum(block.tests for block in blocks(FOLDER / f"{name}.md")) == 1
    assert text.read


def test_every_error_that_can_be_raised_has_a_page() -> None:
    for module in pkgutil.walk_packages(near_harness.__path__, "near_harness."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    explained = set(kinds().values()) | set(warnings().values())
    assert {kind.__name__ for kind in _below(HarnessError)} - {kind.__name__ for kind in explained} == _WITHIN


def test_every_page_says_what_to_read_and_shows_a_test() -> None:
    for name in {**kinds(), **warnings()}:
        found = next(one for one in explain(name) if one.code == name)
        assert found.in_a_test, name
        assert found.why, name
        assert found.more.sections, f"{name} has no text in {FOLDER}"
        assert [page for page in found.more.read if not (DOCS / f"{page}.md").is_file()] == [], name
        assert found.more.read, name


def _below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("near_harness."):
            yield below
        yield from _below(below)
