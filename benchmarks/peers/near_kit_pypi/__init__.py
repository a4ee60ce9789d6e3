"""near-kit of PyPI, as a client of a node of its own process."""
