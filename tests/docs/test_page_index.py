"""The code of docs/index.md."""

from docs.conftest import collected

globals().update(collected("index.md"))
