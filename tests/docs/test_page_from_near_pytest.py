"""The code of docs/tutorials/from-near-pytest.md."""

from docs.conftest import collected

globals().update(collected("tutorials/from-near-pytest.md"))
