"""Each rule shows the fault of the bad contract, by a script that runs, and finds nothing in its good twin. None has an ABI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from audit import hand_written
from audit.conftest import run_script

from near_harness.audit import Finding, Report, Severity
from near_harness.audit.of_file import Request, audit_file

Making = Callable[..., bytes]


def _report(folder: Path, content: bytes, rule: str, init: str | None) -> Report:
    path = folder / "contract.wasm"
    path.write_bytes(content)
    return audit_file(Request(path, rules=(rule,), init=init, tries=4))


class Case(NamedTuple):
    """What is found in a bad contract."""

    making: Making
    rule: str
    method: str
    severity: Severity
    told: str


@pytest.mark.parametrize(
    "case",
    [
        Case(hand_written.forgeable_callback, "NH001", "on_price", Severity.HIGH, "a promise result of their own making"),
        Case(
            hand_written.open_callback_of_an_order, "NH001", "on_price", Severity.HIGH, "a stranger, may call it, which changes"
        ),
        Case(hand_written.forgeable_callback_of_an_order, "NH001", "on_price", Severity.HIGH, "a promise result of their own"),
        Case(hand_written.kept_state, "NH002", "do", Severity.MEDIUM, "what it wrote stays (done)"),
        Case(hand_written.kept_removal, "NH002", "sell", Severity.MEDIUM, "what it wrote stays (stock)"),
        Case(hand_written.unwanted_deposit, "NH004", "greet", Severity.MEDIUM, "does just what it does without one"),
        Case(hand_written.unread_promise, "NH006", "pay", Severity.HIGH, "the transfer of 1 NEAR to nobody.sandbox"),
        Case(hand_written.lock, "NH007", "ask", Severity.HIGH, "It is a lock: bob.sandbox is refused from then on"),
        Case(hand_written.reinitialisation, "NH008", "new", Severity.HIGH, "sets it up anew"),
        Case(hand_written.no_one_yocto, "NH009", "ft_transfer", Severity.MEDIUM, "with a key that may only call this contract"),
    ],
    ids=lambda case: case.rule,
)
async def test_the_bad_is_found_and_the_good_is_not(case: Case, tmp_path: Path) -> None:
    making, rule = case.making, case.rule
    init = "new" if rule == "NH008" else None
    report = await asyncio.to_thread(_report, tmp_path, making(good=False), rule, init)
    assert [(one.method, one.severity) for one in report.findings] == [(case.method, case.severity)], str(report)
    (finding,) = report.findings
    assert case.told in finding.message
    await _script_tells_the_twins_apart(report, finding, tmp_path, making)
    assert (await asyncio.to_thread(_report, tmp_path, making(good=True), rule, init)).findings == ()


async def _script_tells_the_twins_apart(report: Report, finding: Finding, folder: Path, making: Making) -> None:
    """The script shows the fault, and with the good twin's code that it is gone."""
    path = report.write_scripts(folder / "scripts")[finding.fingerprint]
    good = folder / "good.wasm"
    good.write_bytes(making(good=True))
    there, gone = await asyncio.gather(asyncio.to_thread(run_script, path), asyncio.to_thread(run_script, path, good))
    assert (there.returncode, there.stderr) == (1, ""), there.stdout + there.stderr
    assert (gone.returncode, gone.stderr) == (0, ""), gone.stdout + gone.stderr
    assert gone.stdout.endswith("the fault is gone\n")


async def test_a_deposit_lost_by_a_callback_that_fails_is_not_said_to_be_unwanted(tmp_path: Path) -> None:
    found = [
        (await asyncio.to_thread(_report, tmp_path, hand_written.failing_callback(), rule, None)).findings
        for rule in ("NH004", "NH007")
    ]
    assert [[(one.rule, one.method) for one in findings] for findings in found] == [[], [("NH007", "buy")]]


@pytest.mark.parametrize(("content", "method"), [(hand_written.members(), "send"), (hand_written.votes(), "retry")])
async def test_what_needs_one_call_and_not_all_that_work_is_entered(content: bytes, method: str, tmp_path: Path) -> None:
    path = tmp_path / "contract.wasm"
    path.write_bytes(content)
    report = await asyncio.to_thread(audit_file, Request(path, rules=("NH001",), tries=4))
    assert method not in [record.method.name for record in report.not_entered]


async def test_what_could_not_be_entered_is_named_with_what_barred_the_way_and_not_with_the_first_hurdle(tmp_path: Path) -> None:
    (record,) = (await asyncio.to_thread(_report, tmp_path, hand_written.poor(), "NH001", None)).not_entered
    assert record.refusals.most_common(1)[0][0] == "ContractPanic: attach one yoctoNEAR"
    assert record.last_refusal == "ContractPanic: nothing was ordered"
