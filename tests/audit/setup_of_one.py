"""A set-up file: it deploys the contract, and nothing else."""

from __future__ import annotations

from pathlib import Path

from near_harness import Contract, Near


async def setup(near: Near, wasm: Path) -> Contract:
    """Make what is to be audited."""
    return await near.deploy(wasm, "audited")
