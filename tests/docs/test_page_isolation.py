"""The code of docs/explanation/isolation.md."""

from docs.conftest import collected

globals().update(collected("explanation/isolation.md"))
