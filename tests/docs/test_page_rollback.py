"""The code of docs/explanation/rollback.md."""

from docs.conftest import collected

globals().update(collected("explanation/rollback.md"))
