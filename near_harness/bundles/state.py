"""The state that a bundle brings along: records of a patch, and a saved chain."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from near_harness.bundles.form import CHAIN
from near_harness.near import Near

_PATCH_BYTES = 4 * 1024 * 1024
"""Real nodes take requests of up to 10 MiB."""

Record = dict[str, Any]


def with_codes(records: Iterable[Record], codes: Mapping[str, bytes]) -> list[Record]:
    """Put the code of contracts, by its hash, back into records."""
    return [
        {"Contract": {**record["Contract"], "code": base64.b64encode(codes[record["Contract"]["code"]]).decode()}}
        if "Contract" in record
        else record
        for record in records
    ]


def load_chain(near: Near, content: bytes) -> None:
    """Become a saved chain.

    :raises SavedChainError: where it is of a form that is not read any more, or damaged.
    """
    with tempfile.TemporaryDirectory(prefix="near-harness-") as folder:
        file = Path(folder) / CHAIN
        file.write_bytes(content)
        near.load(file)


async def put_state(near: Near, records: Iterable[Record]) -> None:
    """Put records into the state, in parts that a node takes in one request."""
    for part in _parts(records):
        await near.patch_state(part)


def _parts(records: Iterable[Record]) -> Iterator[list[Record]]:
    part: list[Record] = []
    size = 0
    for record in records:
        part.append(record)
        size += len(json.dumps(record))
        if size > _PATCH_BYTES:
            yield part
            part, size = [], 0
    yield part
