"""Handing parts to the workers of a cluster and taking in what they give back, in whatever order."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any

from distributed import CancelledError, Client, KilledWorker, as_completed
from distributed import TimeoutError as NotInTime

from near_harness.campaign.errors import CampaignError
from near_harness.campaign.luggage import Luggage

_GRACE_S = 5.0
"""For answers that are on their way when the time is up."""
Progress = Callable[[int, int], None]
"""Told how many parts are done, and how many there are."""


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
    progress: Progress | None = None,
) -> Generator[Any, None, None]:
    """Run ``work(luggage, *part)`` for each part and yield what comes back; what is left when the consumer stops is called off.

    A part whose worker is lost runs again on another one. Those that are not done in time are left out.

    :raises CampaignError: where a part ends one worker after the other.
    """
    # As the result of a task the luggage lies with the workers, and is made again where the one that had it is lost.
    held = client.submit(_hold, luggage, pure=False)
    futures = [client.submit(work, held, *part, pure=False) for part in parts]
    done = as_completed(futures, timeout=None if seconds is None else seconds + _GRACE_S)
    try:
        for number, future in enumerate(done, start=1):
            if progress is not None:
                progress(number, len(futures))
            try:
                yield future.result()
            except KilledWorker as lost:
                raise CampaignError(f"a part of the campaign ended every worker that ran it: {lost}") from lost
    except (NotInTime, CancelledError):
        return
    finally:
        client.cancel([*futures, held], force=True)


def _hold(luggage: Luggage) -> Luggage:
    luggage.check()
    return luggage
