"""The contracts of the stories, deployed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from near_harness import Contract, Near

Deploy = Callable[..., Awaitable[Contract]]


@pytest.fixture
def deploy(near: Near, contracts: Path) -> Deploy:
    """Deploys a contract on the account of its story, and begins with ``new`` where that has arguments."""

    async def deploy(wasm: str, name: str | None = None, **args: Any) -> Contract:
        story = wasm.removesuffix("_bad").removesuffix("_good").replace("_", "-")
        return await near.deploy(contracts / f"{wasm}.wasm", name or story, init="new" if args else None, args=args or None)

    return deploy


@pytest.fixture
async def clerk(deploy: Deploy) -> Contract:
    """The contract that others ask."""
    return await deploy("clerk")
