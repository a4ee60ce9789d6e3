"""What keeps a campaign from being run to its end."""

from __future__ import annotations

from near_harness.errors import HarnessError


class CampaignError(HarnessError):
    """Workers that cannot take part, or a part that no worker survives."""


class WorkersMissing(HarnessError):
    """Workers cannot be had: ``dask.distributed`` is not installed, or nobody answers at the address."""
