"""Audits of the compiled contracts: each is made once, as the command line makes it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from near_harness.audit.of_file import Request, audit_file
from near_harness.audit.report import Report

CONTRACTS = Path(__file__).parents[2] / "contracts" / "compiled"
Audited = Callable[..., Report]


def fresh_audit(contract: str, *others: str) -> Report:
    """Audit a compiled contract, beside others."""
    return audit_file(Request(CONTRACTS / f"{contract}.wasm", others={name: CONTRACTS / f"{name}.wasm" for name in others}))


def run_script(*command: Path) -> subprocess.CompletedProcess[str]:
    """Run a finding's script, with arguments."""
    return subprocess.run(  # noqa: S603 - the scripts that were just written
        [sys.executable, *map(str, command)], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(scope="session")
def audited() -> Audited:
    """Audits a compiled contract, beside others, once."""
    return cache(fresh_audit)
