"""Handing parts to the workers of a cluster and taking in what they give back, in whatever order."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from typing import Any

from distributed import CancelledError, Client, Future, KilledWorker, wait
from distributed import TimeoutError as NotInTime

from near_harness.campaign.errors import CampaignError
from near_harness.campaign.luggage import Luggage
from near_harness.progress import Progress, untold

_GRACE_S = 5.0
"""For answers that are on their way when the time is up."""
_LOOK_S = 1.0
"""How often it is looked whether anybody works yet."""
_WORKERS_BACK_S = 60.0


def cores(client: Client) -> int:
    """How many parts the cluster runs at a time.

    :raises CampaignError: where it has no workers.
    """
    found = sum(client.nthreads().values())
    if not found:
        raise CampaignError(f"{client} has no workers")
    return int(found)


def spread(
    client: Client,
    work: Callable[..., Any],
    luggage: Luggage,
    parts: Iterable[tuple[Any, ...]],
    *,
    seconds: float | None = None,
    progress: Progress = untold,
) -> Generator[Any, None, None]:
    """Run ``work(luggage, *part)`` for each part and yield what comes back; what is left when the consumer stops is called off.

    A part whose worker is lost runs again on another one. Those that are not done in time are left out.

    :raises CampaignError: where a part ends one worker after the other.
    """
    # As the result of a task the luggage lies with the workers, and is made again where the one that had it is lost.
    held = client.submit(_hold, luggage, pure=False)
    futures = [client.submit(work, held, *part, pure=False) for part in parts]
    try:
        for number, result in enumerate(_as_they_end(client, futures, seconds), start=1):
            progress(number, len(futures))
            yield result
    except KilledWorker as lost:
        raise CampaignError(f"a part of the campaign ended every worker that ran it: {lost}") from lost
    except CancelledError:
        return
    finally:
        client.cancel([*futures, held], force=True)


def _as_they_end(client: Client, futures: list[Future[Any]], seconds: float | None) -> Iterator[Any]:
    """The results as the parts come to their end; those that do not in time are left out.

    :raises CampaignError: where all workers are lost, and none comes back for a while.
    """
    until = None if seconds is None else time.monotonic() + seconds + _GRACE_S
    waiting, lost_at = set(futures), None
    while waiting and (until is None or time.monotonic() < until):
        if client.nthreads():
            lost_at = None
        else:
            lost_at = lost_at or time.monotonic()
            if time.monotonic() - lost_at > _WORKERS_BACK_S:
                raise CampaignError(f"all workers are lost, and none has come back within {_WORKERS_BACK_S:.0f} s")
        with suppress(NotInTime):
            wait(waiting, timeout=_LOOK_S, return_when="FIRST_COMPLETED")
        for future in [future for future in waiting if future.done()]:
            try:
                result = future.result(timeout=_LOOK_S)
            except NotInTime:
                if future.status == "error":
                    raise  # what a part has raised may be a time-out as well
                continue  # lost with its worker, and made again
            waiting.discard(future)
            yield result


def _hold(luggage: Luggage) -> Luggage:
    luggage.check()
    return luggage
