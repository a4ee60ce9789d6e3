"""The command line: ``near-harness demo`` and ``near-harness doctor``."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

import click

from near_harness.errors import HarnessError
from near_harness.version import __version__


class _Command(click.Command):
    """Prints the harness's own errors as one line; a traceback would say no more."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except HarnessError as error:
            raise click.ClickException(f"{type(error).__name__}: {error}") from error


class _Group(_Command, click.Group):
    """A group whose commands do the same."""


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="near-harness")
def main() -> None:
    """Test NEAR contracts with pytest: run the demo, or look at what is installed."""


@main.command(cls=_Command)
@click.option("--near-node", "node", help="Kind of node (default: embedded).")
@click.option("--near-protocol", "protocol_version", help="Protocol version, or 'latest' (default: 86).")
@click.option("--near-port", "port", help="Port of the node's JSON-RPC (default: a free one).")
@click.option("--width", type=click.IntRange(min=60), help="Columns to draw in (default: the terminal's).")
def demo(node: str | None, protocol_version: str | None, port: str | None, width: int | None) -> None:
    """Play the deposit-and-stake story: the right and the wrong contract, the failing pool, the double withdrawal."""
    from rich.console import Console  # noqa: PLC0415 - drawn only here

    from near_harness.demo.screen import show  # noqa: PLC0415

    show(Console(width=width, highlight=False), node=node, protocol_version=protocol_version, port=port)


@main.command()
def doctor() -> None:
    """Print versions, protocol versions, and which kinds of node can run here. Exits with 1 where none can."""
    from near_harness.nodes.registry import KINDS, readiness  # noqa: PLC0415

    click.echo(f"near-harness {__version__}")
    click.echo(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    for package in ("near-harness-engine", "py-near", "pytest", "pytest-asyncio", "aiohttp"):
        click.echo(f"{package} {_version(package)}")
    ready = False
    for kind in KINDS:
        found = readiness(kind)
        ready = ready or found.ready
        versions = f", protocol {found.protocol_versions[0]} to {found.protocol_versions[1]}" if found.protocol_versions else ""
        click.echo(f"{kind:9} {'ready' if found.ready else 'not ready'}: {found.detail}{versions}")
    sys.exit(0 if ready else 1)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "is not installed"


if __name__ == "__main__":
    main()
