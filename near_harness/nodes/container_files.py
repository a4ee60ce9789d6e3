"""Files that go into a container and come out of it, which Docker's engine carries as archives."""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any

from docker.errors import NotFound

HOME = "/data"
"""The node's home folder in the image."""


def archive(files: dict[str, bytes]) -> bytes:
    """Return files, each in a folder below the root, as what a container takes in."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in dict.fromkeys(name.partition("/")[0] for name in files):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def read_json(container: Any, name: str) -> dict[str, Any] | None:
    """Return a file of the node's home folder in a container, None where it is not there or is no JSON."""
    try:
        chunks, _ = container.get_archive(f"{HOME}/{name}")
        with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
            file = tar.extractfile(name)
            found: dict[str, Any] = json.loads(file.read()) if file is not None else {}
    except (NotFound, ValueError):
        return None
    return found
