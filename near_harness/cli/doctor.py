"""``near-harness doctor``: what is installed, which kinds of node can run here, and what the caches hold."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from typing import Any

import click

from near_harness.cli.command import CONTEXT, NO, Command, json_option, put
from near_harness.version import __version__

_PACKAGES = ("near-harness-engine", "py-near", "pytest", "pytest-asyncio", "aiohttp", "hypothesis", "pytest-xdist")


@click.command("doctor", cls=Command, context_settings=CONTEXT, short_help="Say what is installed, and which nodes can run here.")
@json_option
def command(*, as_json: bool) -> None:
    """Print versions, protocol versions, which kinds of node can run here and why others cannot, and the sizes of the caches.

    Exits with 1 where no kind of node can run.
    """
    found = examine()
    put({"schema": "near_harness/doctor@1", **found}, lambda: _text(found), as_json=as_json)
    sys.exit(0 if any(kind["ready"] for kind in found["nodes"].values() if kind["local"]) else NO)


def examine() -> dict[str, Any]:
    """Look at this installation and this machine."""
    from near_harness.caches import PARTS, cache_folder, size  # noqa: PLC0415 - only where it is asked for
    from near_harness.nodes.registry import KINDS, readiness  # noqa: PLC0415

    nodes: dict[str, Any] = {}
    for kind in KINDS:
        state = readiness(kind)
        versions = list(state.protocol_versions) if state.protocol_versions else None
        nodes[kind] = {"ready": state.ready, "detail": state.detail, "protocol_versions": versions, "local": kind != "remote"}
    caches = {}
    for part in PARTS:
        files, total = size(cache_folder(part))
        caches[part] = {"folder": str(cache_folder(part)), "files": files, "bytes": total}
    return {
        "near_harness": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {package: _version(package) for package in _PACKAGES},
        "chosen": _chosen(),
        "nodes": nodes,
        "caches": caches,
    }


def _chosen() -> dict[str, Any]:
    """What a run without options would use: the environment may choose."""
    from near_harness.config import Settings  # noqa: PLC0415
    from near_harness.errors import HarnessError  # noqa: PLC0415

    try:
        settings = Settings.resolve()
    except HarnessError as error:
        return {"error": str(error)}
    versions = [version or "latest" for version in settings.protocol_versions]
    return {"nodes": list(dict.fromkeys(node.name for node in settings.nodes)), "protocol_versions": versions}


def _text(found: dict[str, Any]) -> str:
    lines = [f"near-harness {found['near_harness']}", f"Python {found['python']} on {found['system']}"]
    lines += [f"{package} {version or 'is not installed'}" for package, version in found["packages"].items()]
    chosen = found["chosen"]
    if "error" in chosen:
        lines.append(f"settings: {chosen['error']}")
    else:
        versions = ", ".join(map(str, chosen["protocol_versions"]))
        lines.append(f"without options: {', '.join(chosen['nodes'])} node, protocol {versions}")
    lines += ["", "Kinds of node:"]
    for kind, state in found["nodes"].items():
        versions = state["protocol_versions"]
        range_text = f", protocol {versions[0]} to {versions[1]}" if versions else ""
        lines.append(f"  {kind:9} {'ready' if state['ready'] else 'not ready'}: {state['detail']}{range_text}")
    lines += ["", "Caches (may be removed; they are made again):"]
    lines += [
        f"  {part:9} {cache['bytes'] / 1e6:,.1f} MB in {cache['files']} files, {cache['folder']}"
        for part, cache in found["caches"].items()
    ]
    return "\n".join(lines)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
