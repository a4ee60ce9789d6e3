"""An exploration whose searches run on workers, each with a part of the orders."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from near_harness.campaign.cluster import cores, spread
from near_harness.campaign.luggage import Luggage, pack, unpack
from near_harness.explore.exploration import Cast, Exploration, Seen
from near_harness.explore.frontier import scene_of
from near_harness.explore.search import Counts
from near_harness.progress import Progress, untold

if TYPE_CHECKING:
    from distributed import Client

    from near_harness.explore.jury import Found
    from near_harness.explore.moves import Move
    from near_harness.explore.question import Question
    from near_harness.explore.scene import Scene
    from near_harness.explore.search import Prefix
    from near_harness.near import Near

_PARTS_PER_CORE = 4
"""Searches differ in size: with more of them than cores, none waits long for the last."""
_local = threading.local()


class Workers:
    """Spreads an exploration: who runs its parts (:class:`near_harness.explore.exploration.Spread`)."""

    def __init__(
        self, client: Client, near: Near, scene: Scene, question: Question, *, time_outs: bool, progress: Progress = untold
    ) -> None:
        self._client, self._cores, self._progress = client, cores(client), progress
        self._all = question.all_findings
        self._luggage = pack(near, (scene.roots, question, time_outs))

    def search(self, exploration: Exploration, cast: Cast, seconds: float) -> Seen:
        """Search all orders, for so long at most."""
        parts = [(cast, prefix, seconds) for prefix in exploration.split(cast, _PARTS_PER_CORE * self._cores)]
        return self._gather(_search, parts, seconds)

    def sample(self, exploration: Exploration, cast: Cast, orders: int, seconds: float) -> Seen:  # noqa: ARG002 - the workers have their own
        """Draw so many orders by lot, for so long at most: other ones on each core."""
        share = -(-orders // self._cores)
        parts = [(cast, lot, share, seconds) for lot in range(self._cores)]
        return self._gather(_sample, parts, seconds)

    def _gather(self, work: Any, parts: list[tuple[Any, ...]], seconds: float) -> Seen:
        together, sometimes, complete, undecided = Counts(), frozenset[str](), 0, False
        found: dict[tuple[str, str], Found] = {}
        met: dict[str, Move] = {}
        answers = spread(self._client, work, self._luggage, parts, seconds=seconds, progress=self._progress)
        for seen in answers:
            together.add(seen.counts)
            complete += seen.counts.complete
            sometimes |= seen.sometimes
            undecided |= seen.undecided
            met.update(seen.met)
            for one in seen.found:
                found.setdefault((one.oracle, one.text), one)
            if found and not self._all:
                together.stopped = True
                answers.close()
        together.complete = complete == len(parts)
        return Seen(together, tuple(found.values()), sometimes, met, undecided)


def _search(luggage: Luggage, cast: Cast, prefix: Prefix, seconds: float) -> Seen:
    return _exploration(luggage).search(cast, prefix, seconds)


def _sample(luggage: Luggage, cast: Cast, lot: int, orders: int, seconds: float) -> Seen:
    return _exploration(luggage).sample(cast, lot, orders, seconds)


def _exploration(luggage: Luggage) -> Exploration:
    """The exploration of a luggage, in this thread of this worker; made once."""
    known, exploration = getattr(_local, "exploration", (None, None))
    if known != luggage or exploration is None:
        roots, question, time_outs = unpack(luggage)
        scene = scene_of(luggage.chain, roots, luggage.protocol_version, time_outs=time_outs)
        exploration = Exploration(scene, question)
        exploration.get_ready()
        _local.exploration = luggage, exploration
    return exploration
