"""What is said of a name of which nothing is known."""

from near_harness.errors import BadInput


class NothingKnown(BadInput):
    """There is no explanation of that."""
