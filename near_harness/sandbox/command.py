"""The command ``near-harness-sandbox``: what ``near-sandbox`` understands, as far as clients use it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from near_harness.errors import HarnessError, InvalidSetting
from near_harness.nodes.engine import load_engine
from near_harness.sandbox import files
from near_harness.sandbox.settings import Address
from near_harness.version import __version__

_PROTOCOL = "NEAR_HARNESS_PROTOCOL_VERSION"
_LOG_FILTER = "RUST_LOG"
_DEFAULT_PROTOCOL = 86
_VERSION = f"near-sandbox (release {__version__}) (build near-harness) (protocol {_DEFAULT_PROTOCOL})"


def _address(_context: click.Context, _option: click.Parameter, text: str | None) -> Address | None:
    if text is None:
        return None
    try:
        return Address.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


class _Refusal(click.ClickException):
    """An error of the harness, told in one line."""

    exit_code = 1


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: Path.home() / ".near",
    envvar="NEAR_HOME",
    help="The folder of configuration, keys and data.  [default: ~/.near]",
)
@click.version_option(__version__, "-V", "--version", message=_VERSION)
@click.pass_context
def main(context: click.Context, home: Path) -> None:
    """A NEAR sandbox node: the embedded node of near-harness, with the command line of near-sandbox."""
    context.obj = home


@main.command()
@click.option("--fast", is_flag=True, help="Short epochs (60 blocks) and block delays.")
@click.option("--chain-id", help="The name of the chain; a random one by default.")
@click.option("--account-id", help=f"The account of the validator.  [default: {files.DEFAULT_ACCOUNT}]")
@click.option("--test-seed", help="Derive the validator's key from this text.")
@click.pass_obj
def init(home: Path, /, *, fast: bool, chain_id: str | None, account_id: str | None, test_seed: str | None) -> None:
    """Write config.json, genesis.json, node_key.json and validator_key.json to the home folder."""
    choices = files.Choices(
        fast=fast, chain_id=chain_id, account_id=account_id, test_seed=test_seed, protocol_version=_protocol_version()
    )
    try:
        files.create(home, choices)
    except HarnessError as error:
        raise _Refusal(str(error)) from error
    click.echo(f"initialised {home}", err=True)


@main.command()
@click.option(
    "--rpc-addr", metavar="HOST:PORT", callback=_address, help="Where JSON-RPC is served.  [default: rpc.addr of config.json]"
)
@click.option("--network-addr", metavar="HOST:PORT", callback=_address, help="Accepted and not used: this node has no peers.")
@click.option("--boot-nodes", help="Accepted and not used: this node has no peers.")
@click.option("--min-peers", type=int, help="Accepted and not used: this node has no peers.")
@click.option("--archive", is_flag=True, help="Accepted and not needed: all blocks are kept.")
@click.option("--produce-empty-blocks", type=bool, help="Accepted and not used: blocks always come.")
@click.option("--telemetry-url", help="Accepted and not used: nothing is sent anywhere.")
@click.pass_obj
def run(home: Path, /, rpc_addr: Address | None, **_: object) -> None:
    """Run the node until SIGINT or SIGTERM. RUST_LOG says what it logs, such as 'sandbox=debug': what contracts print."""
    from near_harness.sandbox import node  # noqa: PLC0415 - it loads a server, which most of the other commands do not need

    try:
        _log()
        node.run(home, rpc_addr, lambda text: click.echo(text, err=True))
    except HarnessError as error:
        raise _Refusal(str(error)) from error


@main.group("view-state")
def view_state_group() -> None:
    """Look into the chain's data."""


@view_state_group.command("dump-state")
@click.option("--stream", is_flag=True, help="Write a home folder, output/, with records.json; else output.json.")
@click.pass_obj
def dump_state(home: Path, /, *, stream: bool) -> None:
    """Write the newest state as the records of a genesis. The node may run meanwhile."""
    from near_harness.sandbox import view_state  # noqa: PLC0415 - only where it is asked for

    try:
        click.echo(view_state.dump(home, stream=stream))
    except HarnessError as error:
        raise _Refusal(str(error)) from error


def _log() -> None:
    """Write nearcore's log to standard error where it is asked for.

    :raises InvalidSetting: for a filter that is none.
    """
    log_filter = os.environ.get(_LOG_FILTER, "")
    if not log_filter:
        return
    engine = load_engine()
    try:
        engine.log_to_stderr(log_filter)
    except engine.EngineError as error:
        raise InvalidSetting(f"{_LOG_FILTER}: {error}; write such as 'info,sandbox=debug'") from error


def _protocol_version() -> int:
    text = os.environ.get(_PROTOCOL, "").strip()
    if not text:
        return _DEFAULT_PROTOCOL
    if text == "latest":
        return int(load_engine().protocol_versions()[1])
    if not (text.isascii() and text.isdecimal()):
        raise click.UsageError(f"{_PROTOCOL}={text!r} is no protocol version: give a number such as 86, or 'latest'")
    return int(text)
