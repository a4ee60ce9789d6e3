"""A cluster of two workers on this machine."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from distributed import Client, LocalCluster


@pytest.fixture(autouse=True)
def _nothing_is_left_to_collect() -> Iterator[None]:
    """What dask lets go of logs its traceback when it is collected, which parses source.

    In a later test that may be in the middle of an import that pytest parses, too, and CPython 3.11 ends that with a SystemError.
    """
    yield
    gc.collect()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """Two processes; no dashboard, and nobody outside can reach it."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1") as cluster:
        yield cluster


@pytest.fixture(scope="session")
def workers(cluster: Any) -> Iterator[Client]:
    """The cluster's client."""
    with Client(cluster) as client:
        yield client
