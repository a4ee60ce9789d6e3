"""The code of docs/tutorials/from-near-kit.md."""

from docs.conftest import collected

globals().update(collected("tutorials/from-near-kit.md"))
