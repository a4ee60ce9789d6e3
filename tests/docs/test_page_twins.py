"""The code of docs/twins.md."""

from docs.conftest import collected

globals().update(collected("twins.md"))
