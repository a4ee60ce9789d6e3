"""``near-harness node run``: an embedded node with JSON-RPC and a block explorer, until it is told to stop."""

from __future__ import annotations

from typing import Any

import click

from near_harness.cli.command import CONTEXT, Command, CommandGroup, json_option, put, say


@click.group("node", cls=CommandGroup, context_settings=CONTEXT)
def command() -> None:
    """Run a node by hand."""


@command.command("run", cls=Command, context_settings=CONTEXT, short_help="Serve JSON-RPC and a block explorer.")
@click.option("--near-port", "port", type=click.IntRange(1, 65_535), default=3030, show_default=True, help="The port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--near-protocol", "protocol", default="86", show_default=True, help="Protocol version, or 'latest'.")
@click.option("--account-id", default="sandbox", show_default=True, help="Who has the money; its key is of this seed.")
@click.option("--block-time", type=click.IntRange(10, 3_600_000), default=1_000, show_default=True, help="Idle blocks, in ms.")
@json_option
def run(*, port: int, host: str, protocol: str, account_id: str, block_time: int, as_json: bool) -> None:
    """Serve JSON-RPC and a block explorer of a fresh chain in memory, until Ctrl-C.

    Blocks come when a transaction wants them, and each --block-time when nothing does. With --json one line on standard output
    says when it answers, and where.
    """
    from near_harness.account_ids import check_account_id  # noqa: PLC0415 - only where it runs
    from near_harness.block_explorer.run import NodeToRun  # noqa: PLC0415
    from near_harness.block_explorer.run import run as run_node  # noqa: PLC0415
    from near_harness.config import parse_protocol  # noqa: PLC0415
    from near_harness.sandbox.settings import Address  # noqa: PLC0415

    version = parse_protocol(protocol, "--near-protocol")
    node = NodeToRun(Address(host, port), version, check_account_id(account_id), block_time / 1_000)

    def report(told: dict[str, Any]) -> None:
        put(
            {"schema": "near_harness/node@1", **told},
            lambda: "\n".join(f"{name:16} {value}" for name, value in told.items()),
            as_json=as_json,
        )
        say("stop it with Ctrl-C; the chain goes with it")

    run_node(node, report)
