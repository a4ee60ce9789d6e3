"""The code of docs/nodes.md."""

from docs.conftest import collected

globals().update(collected("nodes.md"))
