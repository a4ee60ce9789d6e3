"""``near-harness init``: first tests, a workflow and settings for a contract repository."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from near_harness.cli.command import CONTEXT, Command, json_option, put

if TYPE_CHECKING:
    from near_harness.starter.write import Started


@click.command("init", cls=Command, context_settings=CONTEXT, short_help="Write first tests into a contract repository.")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@json_option
def command(*, folder: Path, force: bool, as_json: bool) -> None:
    """Write first tests, a CI workflow and pytest's settings into a contract repository (Rust with near-sdk, or near-sdk-js).

    Files that are there stay as they are. Where the contract is built already, its views get tests of what they say today.
    """
    from near_harness.starter.write import start_project  # noqa: PLC0415 - only where it runs

    done = start_project(folder, force=force)
    steps = _next_steps(done)
    result = {
        "schema": "near_harness/init@1",
        "language": done.project.language,
        "contracts": [target.name for target in done.project.targets],
        "written": done.written,
        "added_to": done.added_to,
        "kept": done.kept,
        "notes": done.notes,
        "next": steps,
    }
    put(result, lambda: _text(done, steps), as_json=as_json)


def _next_steps(done: Started) -> list[str]:
    builds = done.project.builds if done.not_built else ()
    return [*builds, "pip install 'near-harness[engine]'", "pytest"]


def _text(done: Started, steps: list[str]) -> str:
    names = ", ".join(target.name for target in done.project.targets)
    lines = [f"contracts ({done.project.language}): {names}"]
    lines += [f"  wrote    {name}" for name in done.written]
    lines += [f"  added to {name}" for name in done.added_to]
    lines += [f"  kept     {name} (it was there; --force overwrites it)" for name in done.kept if name != "pyproject.toml"]
    lines += [f"note: {note}" for note in done.notes]
    if done.not_built:
        lines.append("Not built yet, so their views have no tests. With --force, init makes them when they are built.")
    return "\n".join([*lines, "", "Next:", *(f"  {step}" for step in steps)])
