"""``near-harness demo``: the deposit-and-stake story."""

from __future__ import annotations

import click

from near_harness.cli.command import CONTEXT, Command, json_option, node_options, put


@click.command(
    "demo", cls=Command, context_settings=CONTEXT, short_help="Play the deposit that went missing, receipt by receipt."
)
@node_options
@click.option("--width", type=click.IntRange(min=60), help="Columns to draw in (default: the terminal's).")
@json_option
def command(*, node: str | None, protocol_version: str | None, port: str | None, width: int | None, as_json: bool) -> None:
    """Play the deposit-and-stake story: the right and the wrong contract, the failing pool, the double withdrawal."""
    from rich.console import Console  # noqa: PLC0415 - drawn only here

    from near_harness.demo import screen  # noqa: PLC0415

    settings = {"node": node, "protocol_version": protocol_version, "port": port}
    if as_json:
        put({"schema": "near_harness/demo@1", **screen.told(**settings)}, str, as_json=True)
    else:
        screen.show(Console(width=width, highlight=False), **settings)
