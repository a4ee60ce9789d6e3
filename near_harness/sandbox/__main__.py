"""``python -m near_harness.sandbox``: the same as ``near-harness-sandbox``."""

from near_harness.sandbox.command import main

main(prog_name="near-harness-sandbox")
