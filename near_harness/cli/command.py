"""What the commands share: errors without a traceback, exit codes, results as text or JSON, the options of a node."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from near_harness.errors import HarnessError

NO = 1
"""Exit code: the command did its work, and the answer is no (nothing can run, it differs, something was found)."""
FAILED = 3
"""Exit code: it could not be done; standard error says why."""
INTERRUPTED = 130
CUT_OFF = 141
"""Exit code: who read standard output has gone, as ``head`` does. It is no answer."""
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 120}

_F = TypeVar("_F", bound=Callable[..., Any])


class _Refusal(click.ClickException):
    """An error of the harness: its name and its text, no traceback."""

    exit_code = FAILED


class Command(click.Command):
    """A command whose errors are told in a line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it."""
        try:
            return super().invoke(ctx)
        except HarnessError as error:
            raise _Refusal(f"{type(error).__name__}: {error}") from error
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


class CommandGroup(click.Group):
    """A group that imports a command's module when somebody asks for the command."""

    command_class = Command

    def __init__(self, *args: Any, modules: Mapping[str, str] | None = None, **named: Any) -> None:
        super().__init__(*args, **named)
        self._modules = dict(modules or {})

    def main(self, *args: Any, **named: Any) -> Any:
        """Run the command line; what standard output has no characters for is written as Python does."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        return super().main(*args, **named)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; one whose result cannot be written has failed."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _drop_the_rest()
            ctx.exit(CUT_OFF)
        except OSError as error:
            _drop_the_rest()
            raise _Refusal(f"{type(error).__name__}: {error}") from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return sorted({*super().list_commands(ctx), *self._modules})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, its module imported."""
        if cmd_name not in self._modules:
            return super().get_command(ctx, cmd_name)
        found: click.Command = importlib.import_module(self._modules[cmd_name]).command
        return found


def json_option(function: _F) -> _F:
    """Add ``--json``, as the argument ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")(function)


def node_options(function: _F) -> _F:
    """Add ``--near-node``, ``--near-protocol`` and ``--near-port``, as ``node``, ``protocol_version`` and ``port``."""
    port = click.option("--near-port", "port", help="Port of the node's JSON-RPC (default: a free one).")
    protocol = click.option("--near-protocol", "protocol_version", help="Protocol version, or 'latest' (default: 86).")
    node = click.option("--near-node", "node", help="Kind of node (default: embedded).")
    return node(protocol(port(function)))


def put(result: Mapping[str, Any], text: Callable[[], str], *, as_json: bool) -> None:
    """Write a result to standard output: as JSON, or as the text that is made where it is wanted."""
    in_ascii = getattr(sys.stdout, "encoding", "utf-8").lower() != "utf-8"
    click.echo(json.dumps(result, indent=2, ensure_ascii=in_ascii) if as_json else text())


def say(text: str) -> None:
    """Tell the user what goes on: on standard error."""
    click.echo(text, err=True)


def _drop_the_rest() -> None:
    """Let what was not written go, which Python would try to write once more when it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
