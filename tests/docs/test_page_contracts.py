"""The code of docs/contracts.md."""

from docs.conftest import collected

globals().update(collected("contracts.md"))
