"""The deposit-and-stake story, played on a node and drawn in the terminal: ``python -m near_harness.demo``."""
