"""The tools find what each bad twin does wrong by themselves, and nothing in its good twin.

They are told of no invariant: orders are judged against one-at-a-time orders, gas and the sums of tokens, and an audit goes by
its rules.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from twins.stories import STORIES, Scene, Stage

from near_harness import Account
from near_harness.audit.report import Report

pytestmark = pytest.mark.near_needs("stepping")

IN_AN_ORDER = {
    "auction": "serialisable",
    "forwarder": "serialisable",
    "honeypot": "serialisable",
    "names": "serialisable",
    "quotes": "serialisable",
    "seats": "callback gas",
    "token": "token conservation",
    "vault": "serialisable",
}
"""Found by exploring the orders of receipts, and by which oracle."""

BY_AUDIT = {
    "escrow": ("NH007", "decide"),
    "forwarder": ("NH005", "forward"),
    "payroll": ("NH006", "pay"),
    "quotes": ("NH007", "buy"),
    "savings": ("NH001", "on_checked"),
    "seats": ("NH005", "book"),
    "shop": ("NH007", "buy"),
    "token": ("NH009", "ft_transfer"),
}
"""Found by an audit: the rule, and the method."""


def test_every_story_is_found() -> None:
    assert set(STORIES) == {*IN_AN_ORDER, *BY_AUDIT}


async def audit(stage: Stage, scene: Scene) -> Report:
    """Audit a contract; what its users do is an example of its calls."""
    calls = [call for actor in scene.actors for call in actor if call.receiver_id == scene.contract.id]
    return await stage.near.audit(scene.contract, callees=scene.callees, calls=calls)


def line(story: str, kind: str, since: float, found: Iterable[str]) -> str:
    return f"{story + '_' + kind:15} {time.perf_counter() - since:5.2f} s  {', '.join(found) or 'nothing'}"


@pytest.mark.parametrize("story", IN_AN_ORDER)
async def test_exploring_finds_the_bad_twin(stage: Stage, took: list[str], story: str) -> None:
    scene = await STORIES[story](stage, f"{story}_bad")

    since = time.perf_counter()
    report = await stage.near.explore(scene.actors)

    assert [finding.oracle for finding in report.findings] == [IN_AN_ORDER[story]], str(report)
    took.append(line(story, "bad", since, [f"explored: {finding.oracle}" for finding in report.findings]))


@pytest.mark.parametrize("story", STORIES)
async def test_exploring_finds_nothing_in_the_good_twin(stage: Stage, took: list[str], carol: Account, story: str) -> None:
    """In no order, whichever receipt goes wrong, and whatever a stranger does in between."""
    scene = await STORIES[story](stage, f"{story}_good")

    since = time.perf_counter()
    reports = [await stage.near.explore(scene.actors, faults=1), await stage.near.explore(scene.actors, stranger=carol)]

    for report in reports:
        report.assert_safe()
    orders = sum(part.orders for report in reports for part in report.parts)
    took.append(line(story, "good", since, [f"explored: nothing in {orders} orders with faults and strangers"]))


@pytest.mark.parametrize("story", BY_AUDIT)
async def test_auditing_finds_the_bad_twin(stage: Stage, took: list[str], story: str) -> None:
    scene = await STORIES[story](stage, f"{story}_bad")

    since = time.perf_counter()
    report = await audit(stage, scene)

    found = [(finding.rule, finding.method) for finding in report.findings]
    assert BY_AUDIT[story] in found, str(report)
    took.append(line(story, "bad", since, [f"audited: {rule} {method}" for rule, method in found]))


@pytest.mark.parametrize("story", STORIES)
async def test_auditing_finds_nothing_in_the_good_twin(stage: Stage, took: list[str], story: str) -> None:
    scene = await STORIES[story](stage, f"{story}_good")

    since = time.perf_counter()
    report = await audit(stage, scene)

    report.assert_clean()
    assert [record.method.name for record in report.not_entered] == []
    took.append(line(story, "good", since, [f"audited: nothing in {report.runs} runs"]))
