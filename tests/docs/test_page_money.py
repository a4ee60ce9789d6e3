"""The code of docs/money.md."""

from docs.conftest import collected

globals().update(collected("money.md"))
