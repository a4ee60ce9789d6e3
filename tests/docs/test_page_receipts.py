"""The code of docs/receipts.md."""

from docs.conftest import collected

globals().update(collected("receipts.md"))
