"""Bundles of earlier versions, and a way to make broken ones."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CORPUS = sorted((Path(__file__).parent.parent / "data" / "bundles").glob("*/*.zip"))
Changed = Callable[..., Path]


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """Copy a bundle with its ``bundle.json`` changed by a function, and without the files of some names."""

    def make(change: Callable[[dict[str, Any]], Any] = lambda _: None, *, without: str = "", name: str = "changed.zip") -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(CORPUS[0]) as source, zipfile.ZipFile(path, "w") as target:
            for entry in source.namelist():
                data = source.read(entry)
                if entry == "bundle.json":
                    content = json.loads(data)
                    replaced = change(content)
                    data = json.dumps(content if replaced is None else replaced).encode()
                if not (without and without in entry):
                    target.writestr(entry, data)
        return path

    return make
