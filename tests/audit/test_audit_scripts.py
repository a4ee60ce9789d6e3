"""A finding's script runs by itself, and shows the fault."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from audit.conftest import Audited, run_script


@pytest.mark.parametrize("contract", ["deposit_demo", "callback_results"])
async def test_scripts_show_the_fault(audited: Audited, tmp_path: Path, contract: str) -> None:
    report = await asyncio.to_thread(audited, contract)
    scripts = report.write_scripts(tmp_path)
    assert scripts.keys() == {finding.fingerprint for finding in report.findings} != set()
    for finding in report.findings:
        path = scripts[finding.fingerprint]
        ran = await asyncio.to_thread(run_script, path)
        assert (ran.returncode, ran.stderr) == (1, ""), ran.stdout + ran.stderr
        assert ran.stdout.endswith("the fault is there\n")
        assert finding.method in ran.stdout


async def test_a_script_that_cannot_run_says_so(audited: Audited, tmp_path: Path) -> None:
    report = await asyncio.to_thread(audited, "callback_results")
    (path,) = report.write_scripts(tmp_path).values()
    ran = await asyncio.to_thread(run_script, path, tmp_path / "no.wasm")
    assert ran.returncode == 2
    assert ran.stderr.startswith("InvalidContractCode: contract ") and ran.stderr.count("\n") == 1
