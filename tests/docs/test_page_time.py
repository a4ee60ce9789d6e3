"""The code of docs/time.md."""

from docs.conftest import collected

globals().update(collected("time.md"))
