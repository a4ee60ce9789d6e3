"""For scripts in the place of a chain: nothing is ever on its way, and blocks change nothing."""

from __future__ import annotations


class StillChain:
    """What makes blocks, where none are needed."""

    pooled = False
    gapped = False
    height = 0
    in_flight = False
    paused = False

    def produce_blocks(self, count: int = 1) -> None:
        """Nothing comes of it."""
