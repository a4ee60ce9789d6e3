"""The code of docs/puppets.md."""

from docs.conftest import collected

globals().update(collected("puppets.md"))
