"""The code of docs/rpc.md."""

from docs.conftest import collected

globals().update(collected("rpc.md"))
