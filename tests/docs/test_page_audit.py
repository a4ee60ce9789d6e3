"""The code of docs/audit.md."""

from docs.conftest import collected

globals().update(collected("audit.md"))
