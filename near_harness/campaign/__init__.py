"""Campaigns: explorations and seeds spread over the workers of a ``dask.distributed`` cluster, on this machine or on many.

``report = await near.explore(…, workers=client)`` explores the orders of receipts there, ``try_seeds(near, check, range(1_000),
client)`` runs random tests. Needs ``near-harness[campaign]``, in the same version everywhere.
"""

from near_harness.campaign.errors import CampaignError
from near_harness.campaign.seeds import SeedFailure, SeedReport, try_seeds

__all__ = ["CampaignError", "SeedFailure", "SeedReport", "try_seeds"]
