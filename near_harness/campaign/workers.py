"""Workers for a command: so many processes on this machine, or those of a cluster that runs somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from near_harness.campaign.errors import WorkersMissing
from near_harness.errors import BadInput

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_S = 10.0


@contextmanager
def workers_at(wanted: str) -> Iterator[Client]:
    """Yield a client of so many processes on this machine (a number), or of the scheduler at an address.

    :raises BadInput: where it is neither.
    :raises WorkersMissing: where they cannot be had.
    """
    if not (wanted.isdecimal() and int(wanted)) and ":" not in wanted:
        raise BadInput(f"workers {wanted!r}: a number of processes is wanted, or an address such as tcp://127.0.0.1:8786")
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra
    except ImportError:
        raise WorkersMissing("workers need dask.distributed: pip install 'near-harness[campaign]'") from None
    if ":" in wanted:
        try:
            client = Client(wanted, timeout=_CONNECT_S)
        except (OSError, ValueError, TypeError) as error:
            raise WorkersMissing(f"no dask.distributed scheduler answers at {wanted}: {error}") from None
        with client:
            yield client
        return
    size = {"n_workers": int(wanted), "threads_per_worker": 1}
    with LocalCluster(**size, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster, Client(cluster) as client:
        yield client
