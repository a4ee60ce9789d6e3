"""``near-harness completion``: the line that makes a shell complete commands and options (click's own completion)."""

from __future__ import annotations

import click

from near_harness.cli.command import CONTEXT, Command, json_option, put

_LINES = {
    "bash": ("~/.bashrc", 'eval "$(_NEAR_HARNESS_COMPLETE=bash_source near-harness)"'),
    "zsh": ("~/.zshrc", 'eval "$(_NEAR_HARNESS_COMPLETE=zsh_source near-harness)"'),
    "fish": ("~/.config/fish/config.fish", "_NEAR_HARNESS_COMPLETE=fish_source near-harness | source"),
}


@click.command("completion", cls=Command, context_settings=CONTEXT, short_help="Make a shell complete commands and options.")
@click.argument("shell", type=click.Choice(list(_LINES)))
@json_option
def command(*, shell: str, as_json: bool) -> None:
    """Print the line that makes SHELL complete commands and options: near-harness completion bash >> ~/.bashrc."""
    file, line = _LINES[shell]
    put({"schema": "near_harness/completion@1", "shell": shell, "file": file, "line": line}, lambda: line, as_json=as_json)
