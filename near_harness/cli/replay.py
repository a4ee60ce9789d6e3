"""``near-harness replay BUNDLE``: do again what a failing test did, and say whether it comes out the same."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from near_harness.cli.command import CONTEXT, NO, Command, json_option, node_options, put

if TYPE_CHECKING:
    from near_harness.bundles.replay import Replay

_SHOWN = 10


@click.command("replay", cls=Command, context_settings=CONTEXT, short_help="Do again what a failing test did.")
@click.argument("bundle", type=click.Path(path_type=Path))
@node_options
@click.option("--contract", "contracts", multiple=True, type=click.Path(path_type=Path), help="A contract that was left out.")
@click.option("--show", "only_show", is_flag=True, help="Tell what is in the bundle, and run nothing.")
@json_option
def command(
    *,
    bundle: Path,
    node: str | None,
    protocol_version: str | None,
    port: str | None,
    contracts: tuple[Path, ...],
    only_show: bool,
    as_json: bool,
) -> None:
    """Do again what a bundle says, on any kind of node, and say whether it comes out as recorded, else where it differs.

    Without --near-protocol the version is the recorded one, where the node can choose. Exits with 0 where it reproduces, with 1
    where it differs.
    """
    from dataclasses import replace  # noqa: PLC0415 - only where a bundle is replayed

    from near_harness.bundles.form import Bundle  # noqa: PLC0415
    from near_harness.bundles.replay import replay, with_contracts  # noqa: PLC0415
    from near_harness.config import Settings  # noqa: PLC0415
    from near_harness.progress import progress  # noqa: PLC0415

    found = with_contracts(Bundle.read(bundle), contracts)
    if only_show:
        put(found.content, lambda: _content(found.content), as_json=as_json)
        return
    settings = Settings.resolve(node=node, protocol_version=protocol_version, port=port).node
    if protocol_version is None:
        settings = replace(settings, protocol_version=found.content["node"]["protocol_version"], protocol_chosen=False)
    with progress(f"replaying {bundle.name}, steps", hidden=as_json) as tell:
        done = asyncio.run(replay(found, settings, tell))
    put(_as_json(done), lambda: _text(done), as_json=as_json)
    sys.exit(0 if done.reproduces else NO)


def _as_json(done: Replay) -> dict[str, Any]:
    content = done.bundle.content
    return {
        "schema": "near_harness/replay@1",
        "reproduces": done.reproduces,
        "test": content["test"],
        "recorded_on": content["node"],
        "replayed_on": {"kind": done.kind, "protocol_version": done.protocol_version},
        "steps": len(done.bundle.steps),
        "first_difference": done.that_matter[0].as_json() if done.that_matter else None,
        "differences": [{**one.as_json(), "matters": one in done.that_matter} for one in done.differences],
        "notes": done.notes,
    }


def _text(done: Replay) -> str:
    lines = [_content(done.bundle.content), f"replayed on: {done.kind} node, protocol {done.protocol_version}"]
    lines += [f"note: {note}" for note in done.notes]
    matter = done.that_matter
    if matter:
        lines += ["", f"DIFFERS: first at {matter[0]}"]
        lines += [f"  then: {one}" for one in matter[1:_SHOWN]]
        lines += [f"  and {len(matter) - _SHOWN} more"] if len(matter) > _SHOWN else []
    else:
        lines += ["", f"REPRODUCES: {_counted(done.bundle.steps)} came out as recorded"]
    costs = [one for one in done.differences if one.compared and one not in matter]
    if costs:
        recorded = done.bundle.content["node"]["protocol_version"]
        lines.append(
            f"gas differs {len(costs)} times between protocol {recorded} and {done.protocol_version}; first at {costs[0]}"
        )
    return "\n".join(lines)


def _content(content: dict[str, Any]) -> str:
    test, node = content["test"], content["node"]
    version = f" {node['version']}" if "version" in node else ""
    harness = content["made_by"].get("near-harness")
    lines = [
        f"test: {test.get('id')}" + (f" ({test['phase']})" if test.get("phase") != "call" else ""),
        f"recorded on: {node.get('kind')} node{version}, protocol {node['protocol_version']}, near-harness {harness}",
        f"steps: {_counted(content['steps'])}, {len(content['contracts'])} contracts",
    ]
    if test.get("failure"):
        lines += ["the test said:", *(f"  | {line}" for line in str(test["failure"]).splitlines()[:_SHOWN])]
    lines += [f"left out: {what}" for what in content["left_out"]]
    return "\n".join(lines)


def _counted(steps: list[dict[str, Any]]) -> str:
    transactions = sum(step["kind"] == "transaction" for step in steps)
    views = sum(step["kind"] == "view" for step in steps)
    return f"{transactions} transactions and {views} views in {len(steps)} steps"
