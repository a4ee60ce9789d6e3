"""The code of docs/reference/hypothesis.md."""

from docs.conftest import collected

globals().update(collected("reference/hypothesis.md"))
