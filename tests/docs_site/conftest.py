"""These tests look at the documentation's site as it was built: scripts/docs builds it, and names its folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from docs_site.site_pages import Page, read_pages

_VARIABLE = "NEAR_HARNESS_SITE"


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site."""
    name = os.environ.get(_VARIABLE, "")
    assert name, f"{_VARIABLE} is not set: scripts/docs builds the site and sets it"
    return Path(name)


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[Path, Page]:
    """The pages of the site."""
    return read_pages(site)
