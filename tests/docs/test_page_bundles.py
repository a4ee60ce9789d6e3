"""The code of docs/bundles.md."""

from docs.conftest import collected

globals().update(collected("bundles.md"))
