"""The code of docs/explore.md."""

from docs.conftest import collected

globals().update(collected("explore.md"))
