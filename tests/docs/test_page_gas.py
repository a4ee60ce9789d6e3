"""The code of docs/gas.md."""

from docs.conftest import collected

globals().update(collected("gas.md"))
