"""The code of README.md."""

from docs.conftest import collected

globals().update(collected("../README.md"))
