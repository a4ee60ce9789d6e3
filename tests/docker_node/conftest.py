"""These tests need Docker's engine and the image that scripts/docker-image builds; scripts/test-nodes sees to both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import docker
import pytest

_VARIABLE = "NEAR_HARNESS_TEST_IMAGE"


@pytest.fixture(scope="session")
def image() -> str:
    """The image of the embedded node."""
    name = os.environ.get(_VARIABLE, "")
    if not name:
        pytest.skip(f"{_VARIABLE} is not set: scripts/test-nodes builds the image and sets it")
    return name


@pytest.fixture(scope="session")
def engine(image: str) -> Iterator[Any]:  # noqa: ARG001 - without the image there is no engine either
    """A client of Docker's engine."""
    client = docker.from_env()
    yield client
    client.close()
