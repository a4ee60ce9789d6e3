"""The code of docs/tutorials/from-near-workspaces.md."""

from docs.conftest import collected

globals().update(collected("tutorials/from-near-workspaces.md"))
