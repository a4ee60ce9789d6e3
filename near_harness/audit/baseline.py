"""Findings that are known and do not fail: a file that is committed, so that an audit can begin before everything is mended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from near_harness.errors import BadInput

if TYPE_CHECKING:
    from near_harness.audit.report import Report

_SCHEMA = "near_harness/audit-baseline@1"


def write_baseline(path: Path, report: Report) -> None:
    """Write the findings of a report, one a line, with a note for people; what a note says is not read.

    :raises OSError: where the file cannot be written.
    """
    known = [{"fingerprint": f.fingerprint, "note": f"{f.rule} {f.method}: {f.message}"} for f in report.findings]
    lines = ",\n".join(f"    {json.dumps(entry, ensure_ascii=False)}" for entry in sorted(known, key=lambda one: one["note"]))
    body = f"\n{lines}\n  " if lines else ""
    path.write_text(f'{{\n  "schema": "{_SCHEMA}",\n  "known": [{body}]\n}}\n', encoding="utf-8")


def read_baseline(path: Path) -> frozenset[str]:
    """Return the fingerprints of the findings that are known.

    :raises BadInput: where the file is missing, or no baseline.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != _SCHEMA:
            raise BadInput(f"baseline {path} is of the form {content['schema']!r}; this version reads {_SCHEMA!r}")
        return frozenset(str(entry["fingerprint"]) for entry in content["known"])
    except OSError as error:
        raise BadInput(f"baseline {path} cannot be read: {error.strerror}; --write-baseline makes it") from None
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(
            f"baseline {path} is no baseline of an audit ({type(error).__name__}: {error}); --write-baseline makes it"
        ) from None
