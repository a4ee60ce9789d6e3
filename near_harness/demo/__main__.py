"""``python -m near_harness.demo``."""

from near_harness.cli import demo

demo.main(prog_name="python -m near_harness.demo")
