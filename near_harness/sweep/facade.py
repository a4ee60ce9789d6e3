"""The part of :class:`near_harness.Near` that lets receipts go wrong, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from near_harness.errors import BadInput
from near_harness.progress import Progress, untold

if TYPE_CHECKING:
    from near_harness.puppets.faults import Fault
    from near_harness.sweep.checks import Invariant
    from near_harness.sweep.report import SweepReport
    from near_harness.sweep.runs import Act, Where


class FaultSweeping:
    """Runs a scenario again and again, with a fault each time."""

    async def fault_sweep(
        self,
        act: Act,
        *,
        at: Where | None = None,
        faults: Sequence[Fault] | None = None,
        invariant: Invariant | None = None,
        arrange: Act | None = None,
        progress: Progress = untold,
    ) -> SweepReport:
        """Run a scenario plainly, then once for each receipt at some accounts and each way in which that can go wrong.

        ``act``: an asynchronous function that sends transactions. ``at``: the accounts; by default those whose methods other
        contracts call. ``faults``: by default all of :mod:`near_harness.puppets.faults`, and that the receiver calls each method
        of its caller that a stranger may call without arguments, by the caller's ABI. ``invariant``: a function, asynchronous or
        not, that fails an ``assert`` or returns False; it is asked after each run, with the right contract in its place again.
        All money must be accounted for as well, and no callback may run out of gas.

        Each run begins with the chain as it is now. Where the node cannot go back, ``arrange`` is needed: an asynchronous
        function that takes the façade and makes accounts and contracts anew; what it returns is given to ``act``,
        ``invariant`` and, where it is a function, ``at``. ``progress`` is told how many of the runs are done
        (:mod:`near_harness.progress`).

        A transaction that fails because of the fault is no finding; ``report.assert_safe()`` raises for what does not hold.

        :raises TransactionFailed: where the scenario fails without any fault.
        :raises BadInput: where it has no receipt that could go wrong.
        :raises CapabilityMissing: where the node cannot go back and ``arrange`` is missing.
        """
        from near_harness.sweep.runs import Sweep  # noqa: PLC0415 - only sweeps need it

        for name, function in {"act": act, "invariant": invariant, "arrange": arrange}.items():
            if not callable(function) and (function is not None or name == "act"):
                raise BadInput(f"fault_sweep({name}={function!r}): a function is wanted")
        near = self  # Near is made of this class
        return await Sweep(near, act, arrange, at, faults, invariant, progress).run()  # type: ignore[arg-type]
