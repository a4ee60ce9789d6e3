"""A finding as files: JSON, the chain that it begins with, a page to look at, and a script that runs it again.

The JSON is ``near_harness/schedule@1``: ``schedule`` (the line), ``order``, ``faults``, ``oracle``, ``text``, ``transactions``
(name, actor, text, signer, receiver, the signed transaction in base64), ``trace`` and ``good`` (what each receipt did),
``root`` (the state in the end), ``protocol_version``, ``near_harness`` (the version), ``chain`` (the file beside it).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from near_harness.errors import BadInput
from near_harness.explore.frontier import scene_of
from near_harness.explore.scene import Root
from near_harness.explore.schedule import Schedule
from near_harness.explore.trace import Trace, trace
from near_harness.version import __version__

if TYPE_CHECKING:
    from near_harness.explore.report import Finding

SCHEMA = "near_harness/schedule@1"


def save(finding: Finding, chain: bytes, folder: Path, name: str, protocol_version: int) -> Path:
    """Write the four files of a finding below ``folder`` and return the page to look at."""
    from near_harness.report.schedule import page  # noqa: PLC0415 - only where something is written

    schedule = Schedule.parse(finding.schedule)
    stem = f"{name}-{schedule.key}" if name else schedule.key
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem}.chain").write_bytes(chain)
    content = {
        "schema": SCHEMA,
        "near_harness": __version__,
        "protocol_version": protocol_version,
        "chain": f"{stem}.chain",
        "order": schedule.order,
        "faults": dict(schedule.faults),
        "transactions": [_transaction(root) for root in finding.roots],
        "root": finding.trace.root,
        **finding.as_json(),
    }
    (folder / f"{stem}.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (folder / f"repro_{stem.replace('-', '_')}.py").write_text(_script(finding, stem), encoding="utf-8")
    shown = folder / f"{stem}.html"
    shown.write_text(page(finding), encoding="utf-8")
    return shown


def write_page(path: Path, findings: Sequence[Finding]) -> None:
    """Write the drawings of findings to one page.

    :raises BadInput: where the file cannot be written.
    """
    from near_harness.report.schedule import page  # noqa: PLC0415 - only where something is written

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(*findings), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from None


def run_again(path: Path) -> tuple[Trace, bool]:
    """Run the schedule of a file: how it went, and whether the state in the end is the one that was recorded.

    :raises BadInput: where the file, or the chain beside it, is missing or damaged.
    :raises ScheduleDiverged: where the schedule cannot be run.
    """
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != SCHEMA:
            raise BadInput(f"{path} is of the form {content['schema']!r}; this version reads {SCHEMA!r}")
        roots = [
            Root(
                one["name"],
                one["actor"],
                one["text"],
                one["signer"],
                one["receiver"],
                base64.b64decode(one["signed"], validate=True),
            )
            for one in content["transactions"]
        ]
        chain = path.with_name(content["chain"]).read_bytes()
        version, line, recorded = int(content["protocol_version"]), str(content["schedule"]), content["root"]
    except OSError as error:
        raise BadInput(f"{error.filename} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path} is no schedule that was written here: {type(error).__name__}: {error}") from None
    again = trace(scene_of(chain, roots, version, time_outs=".timeout" in line), Schedule.parse(line))
    return again, again.root == recorded


def main(path: Path) -> int:
    """Run a file's schedule again and draw it; 0 where it ends in the state that was recorded."""
    from rich.console import Console  # noqa: PLC0415 - only where something is printed

    from near_harness.render.schedule import lanes_drawing  # noqa: PLC0415 - likewise

    again, same = run_again(path)
    console = Console(highlight=False)
    console.print(again.schedule, lanes_drawing(again), sep="\n", markup=False)
    console.print("it ends in the state that was recorded" if same else "it does not end in the state that was recorded")
    return 0 if same else 1


def _transaction(root: Root) -> dict[str, Any]:
    return {
        "name": root.name,
        "actor": root.actor,
        "text": root.text,
        "signer": root.signer,
        "receiver": root.receiver,
        "signed": base64.b64encode(root.signed).decode(),
    }


def _script(finding: Finding, stem: str) -> str:
    about = "\n".join([f"{finding.oracle}: {finding.text}", "", *finding.transactions])
    safe = about.replace("\\", "\\\\").replace('"""', "'''")
    return (
        f'"""{safe}\n\n{finding.schedule}\n"""\n\nfrom pathlib import Path\n\n'
        "from near_harness.explore.files import main\n\n"
        f'raise SystemExit(main(Path(__file__).with_name("{stem}.json")))\n'
    )
