"""The command line ``near-harness``. To add a command: one module here with a click command named ``command``, one line below.

A module is imported when its command runs, or is listed by ``--help``: what is heavy is imported inside of its functions.
"""

from __future__ import annotations

import click

from near_harness.cli.command import CONTEXT, CommandGroup
from near_harness.version import __version__

COMMANDS = {
    "audit": "near_harness.cli.audit",
    "completion": "near_harness.cli.completion",
    "demo": "near_harness.cli.demo",
    "doctor": "near_harness.cli.doctor",
    "explain": "near_harness.cli.explain",
    "explore": "near_harness.cli.explore",
    "gas": "near_harness.cli.gas",
    "init": "near_harness.cli.init",
    "node": "near_harness.cli.node",
    "replay": "near_harness.cli.replay",
    "trace": "near_harness.cli.trace",
}
"""Names of commands, and the modules that have them."""


@click.group(cls=CommandGroup, modules=COMMANDS, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="near-harness")
def main() -> None:
    """Test NEAR contracts with pytest, and look at what happened.

    The result goes to standard output, everything else to standard error. Exit codes: 0 done, or yes; 1 the answer is no;
    2 a wrong command line; 3 it could not be done; 130 interrupted.
    """
