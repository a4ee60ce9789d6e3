"""``python -m near_harness.demo``."""

from near_harness.cli.demo import command

command.main(prog_name="python -m near_harness.demo")
