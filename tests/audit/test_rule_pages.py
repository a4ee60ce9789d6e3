"""What the page of a rule calls bad is found by that rule, and what it calls good is clean: both are contracts that are here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from audit.conftest import Audited
from docs.blocks import ROOT, stands_in

from near_harness.audit import Report
from near_harness.audit.pages import page
from near_harness.audit.rules import RULES

_PART = re.compile(r"^## (Bad|Good)\n\n(.*?`(contracts/[\w/]+\.rs)`.*?)\n\n```rust\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_OTHERS = {"bank": ("staking_pool",), "savings": ("clerk",), "shop": ("clerk",)}
"""The contracts that one asks."""


class Shown(NamedTuple):
    """A part of a page: the compiled contract, the methods that stand there or are named before, and the code."""

    contract: str
    methods: set[str]
    source: Path
    code: str


def _shown(rule: str) -> dict[str, Shown]:
    """The parts of a page, ``Bad`` and ``Good``."""
    found = {}
    for title, lead, path, code in _PART.findall(page(rule)):
        source = ROOT / path
        crate = source.parts[-3]
        twin = f"{crate}_{source.stem}" if source.stem in ("bad", "good") else crate
        methods = set(re.findall(r"`(\w+)`", lead)) | set(re.findall(r"pub fn (\w+)", code))
        found[title] = Shown(twin, methods, source, code)
    return found


def _audit(audited: Audited, shown: Shown) -> Report:
    return audited(shown.contract, *_OTHERS.get(shown.contract.rsplit("_", 1)[0], ()))


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_the_bad_code_is_found_by_the_rule(audited: Audited, rule: str) -> None:
    bad = _shown(rule)["Bad"]
    report = _audit(audited, bad)
    assert bad.methods & {finding.method for finding in report.findings if finding.rule == rule}


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_the_good_code_is_clean(audited: Audited, rule: str) -> None:
    good = _shown(rule)["Good"]
    report = _audit(audited, good)
    assert [finding for finding in report.findings if finding.method in good.methods] == []
    entries = [entry for record in report.methods for entry in record.entries]
    ran = {entry.call.method for entry in entries} | {heard.method for entry in entries for heard in entry.callbacks}
    assert good.methods & (ran | {"new"}), "nothing of it was run"  # the init runs when the contract is made


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_the_code_stands_in_the_file_that_is_named(rule: str) -> None:
    shown = _shown(rule)
    assert sorted(shown) == ["Bad", "Good"]
    for part in shown.values():
        assert stands_in(part.code, part.source.read_text(encoding="utf-8"))
