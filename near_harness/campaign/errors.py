"""What keeps a campaign from being run to its end."""

from __future__ import annotations

from near_harness.errors import HarnessError


class CampaignError(HarnessError):
    """Workers that cannot take part, or a part that no worker survives."""
