"""``python -m near_harness.cli``."""

from near_harness.cli import main

main(prog_name="near-harness")
