"""The beginning of test modules that call a contract whose callee refuses what it is sent."""

from __future__ import annotations

from pathlib import Path

CONTRACT = Path(__file__).parent.parent.parent / "contracts" / "compiled" / "deposit_demo.wasm"
DEMO = f"""
import pytest
from near_harness import NEAR, ContractPanic, TGas, expect
from near_harness.errors import BadInput

@pytest.fixture
async def demo(near):
    return await near.deploy({str(CONTRACT)!r}, "demo")

def refused(demo, alice):
    return demo.gives_back(callee=demo).by(alice).attach(NEAR(1))
"""
