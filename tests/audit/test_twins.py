"""Stories of the literature: what is wrong in the bad twin is found from its wasm alone, without an example of a call."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from audit.conftest import CONTRACTS, Audited, run_script

FOUND = {
    "escrow": {"NH007": {"decide"}},
    "forwarder": {"NH005": {"forward"}},
    "payroll": {"NH006": {"pay"}},
    "quotes": {"NH007": {"buy"}},
    "savings": {"NH001": {"on_checked"}},
    "seats": {"NH005": {"book"}},
    "shop": {"NH007": {"buy"}},
    "token": {
        "NH003": {"ft_transfer_call"},
        "NH004": {"ft_transfer", "ft_transfer_call"},
        "NH007": {"ft_transfer_call"},
        "NH009": {"ft_transfer", "ft_transfer_call"},
    },
}
"""The methods at fault, by story and rule. The faults of the other stories lie in the order of receipts."""


@pytest.mark.parametrize("story", FOUND)
def test_the_bad_twin_is_found(audited: Audited, story: str) -> None:
    found: dict[str, set[str]] = {}
    for finding in audited(f"{story}_bad", "clerk").findings:
        found.setdefault(finding.rule, set()).add(finding.method)
    assert found == FOUND[story]


def test_the_worst_is_told_first(audited: Audited) -> None:
    order = [(finding.severity, finding.rule) for finding in audited("token_bad", "clerk").findings]
    assert [severity for severity, _ in order] == sorted((severity for severity, _ in order), reverse=True)
    assert [rule for _, rule in order] != sorted(rule for _, rule in order)


@pytest.mark.parametrize("story", ["payroll", "seats", "savings"])
async def test_scripts_tell_the_twins_apart(audited: Audited, tmp_path: Path, story: str) -> None:
    """A deleted account, a callee whose method goes wrong, a stranger: with the good twin's code the fault is gone."""
    report = await asyncio.to_thread(audited, f"{story}_bad", "clerk")
    for path in report.write_scripts(tmp_path).values():
        there = await asyncio.to_thread(run_script, path)
        gone = await asyncio.to_thread(run_script, path, CONTRACTS / f"{story}_good.wasm")
        assert (there.returncode, there.stderr) == (1, ""), there.stdout + there.stderr
        assert (gone.returncode, gone.stderr) == (0, ""), gone.stdout + gone.stderr
