"""Random tests by their seeds: each seed runs from the same chain, on whatever worker is free."""

from __future__ import annotations

import asyncio
import inspect
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from near_harness.campaign.cluster import spread
from near_harness.campaign.luggage import Luggage, pack, unpack
from near_harness.errors import BadInput
from near_harness.near import Near
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.embedded import EmbeddedNode
from near_harness.progress import Progress, untold

if TYPE_CHECKING:
    from distributed import Client

_local = threading.local()


@dataclass(frozen=True)
class SeedFailure:
    """A seed with which the check failed: the error's class, its text, and the traceback of the worker."""

    seed: int
    kind: str
    text: str
    trace: str

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.kind}: {self.text}"


@dataclass(frozen=True)
class SeedReport:
    """How many seeds were run, and those that failed, smallest first."""

    seeds: int
    failures: tuple[SeedFailure, ...]

    def __str__(self) -> str:
        return "\n".join([f"{self.seeds} seeds, {len(self.failures)} failed", *map(str, self.failures)])


def try_seeds(
    near: Near, check: Callable[[Near, int], Any], seeds: Iterable[int], client: Client, *, progress: Progress = untold
) -> SeedReport:
    """Run ``check(near, seed)`` for each seed on the workers of a cluster, always from the chain as it is now.

    ``check`` is a function, asynchronous or not, that raises where something is wrong. Accounts and contracts that it holds are
    those of the worker's own chain. With Hypothesis: ``lambda near, seed: Bank.run(near, seed=seed, bank=bank)``
    (:mod:`near_harness.stateful`). A seed that failed fails again here: ``check(near, seed)``.

    :raises BadInput: where the check cannot be sent, or a seed is given twice.
    :raises CampaignError: where a seed ends one worker after the other.
    """
    wanted = list(seeds)
    if len(set(wanted)) < len(wanted):
        raise BadInput("a seed is given twice")
    luggage = pack(near, check)
    results = list(spread(client, _try, luggage, [(seed,) for seed in wanted], progress=progress))
    failures = sorted((failed for failed in results if failed is not None), key=lambda failed: failed.seed)
    return SeedReport(len(results), tuple(failures))


def _try(luggage: Luggage, seed: int) -> SeedFailure | None:
    near = _chain(luggage)
    with near.anchor(f"seed {seed}"):
        try:
            check = unpack(luggage, near)
            result = check(near, seed)
            if inspect.isawaitable(result):
                asyncio.run(_finished(near, result))
        except Exception as error:  # noqa: BLE001 - whatever the check raises is its failure
            return SeedFailure(seed, type(error).__name__, str(error), traceback.format_exc())
    return None


async def _finished(near: Near, result: Any) -> None:
    try:
        await result
    finally:
        await near.client.close()


def _chain(luggage: Luggage) -> Near:
    """The chain of a luggage on a node of this thread of this worker."""
    known, near = getattr(_local, "chain", (None, None))
    if near is not None and near.node.protocol_version != luggage.protocol_version:
        near.node.stop()
        near = None
    if near is None:
        node = EmbeddedNode(NodeSettings("embedded", protocol_version=luggage.protocol_version))
        node.start()
        near = Near(node)
    if known != luggage:
        near.load(luggage.chain)
        _local.chain = luggage, near
    return near
