"""These tests need Docker's engine and the image that scripts/docker-image builds; scripts/test-nodes sees to both.

A run of all tests leaves this folder out (`norecursedirs` in pyproject.toml); one that names it does not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import docker
import pytest

_VARIABLE = "NEAR_HARNESS_TEST_IMAGE"


@pytest.fixture(scope="session")
def image() -> str:
    """The image of the embedded node. Without it these tests fail: a run that names them wants them run."""
    name = os.environ.get(_VARIABLE, "")
    if not name:
        pytest.fail(f"{_VARIABLE} is not set: `scripts/test-nodes docker` builds the image and sets it", pytrace=False)
    return name


@pytest.fixture(scope="session")
def engine(image: str) -> Iterator[Any]:  # noqa: ARG001 - without the image there is no engine either
    """A client of Docker's engine."""
    client = docker.from_env()
    yield client
    client.close()
