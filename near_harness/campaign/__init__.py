"""Campaigns: explorations and seeds spread over the workers of a ``dask.distributed`` cluster, on this machine or on many.

``report = await near.explore(…, workers=client)`` explores the orders of receipts there, ``try_seeds(near, check, range(1_000),
client)`` runs random tests. Needs ``near-harness[campaign]``, in the same version everywhere; else there are only the errors.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from near_harness.campaign.errors import CampaignError, WorkersMissing

if TYPE_CHECKING:
    from near_harness.campaign.seeds import SeedFailure, SeedReport, try_seeds

__all__ = ["CampaignError", "SeedFailure", "SeedReport", "WorkersMissing", "try_seeds"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("near_harness.campaign.seeds"), name)
