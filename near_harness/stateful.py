"""Hypothesis state machines whose rules are calls of contracts, and whose chain is rewound for every example.

::

    class Bank(ChainMachine):
        @rule(amount=amounts(most="10 NEAR"))
        def deposit(self, amount):
            self.bank.deposit().by(self.alice).attach(amount).send()

        @invariant()
        def nobody_gains(self):
            assert yocto(self.bank.total_credit()) <= self.near.balance(self.bank)

    def test_bank(near, bank, alice):
        Bank.run(near, bank=bank, alice=alice)

Needs ``near-harness[hypothesis]``.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import Any, ClassVar

from hypothesis import seed as hypothesis_seed
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from near_harness import sync
from near_harness.near import Near
from near_harness.not_yet import on_trial


class ChainMachine(RuleBasedStateMachine):
    """A state machine with a chain of its own. ``self.near``, and what :meth:`run` was given, are façades without ``await``.

    The chain goes back to where :meth:`run` found it before every example, and in the end.
    """

    near: ClassVar[Any] = None

    def __init__(self) -> None:
        if type(self).near is None:
            raise TypeError(f"run the machine with {type(self).__name__}.run(near, …)")
        super().__init__()
        self._rewind = ExitStack()
        self._rewind.enter_context(on_trial())
        self._rewind.enter_context(self.near.anchor(f"example of {type(self).__name__}"))
        self._rewind.enter_context(self.near.example())

    def teardown(self) -> None:
        """Rewind the chain. A machine that overrides this calls it at its end."""
        self._rewind.__exit__(*sys.exc_info())  # of the example, which Hypothesis may have given up
        super().teardown()

    @classmethod
    def run(cls, near: Near, *, settings: hypothesis_settings | None = None, seed: int | None = None, **named: Any) -> None:
        """Run the machine; what is ``named`` (accounts, contracts, anything) becomes an attribute of it.

        With a ``seed`` the examples are always the same ones, and those of other seeds are others
        (:func:`near_harness.campaign.seeds.try_seeds` spreads seeds over many machines).

        :raises AssertionError: or whatever else a rule or invariant raises, for the smallest run that does.
        """
        with sync.of(near) as facade:
            handles = {name: facade.view_of(value) for name, value in named.items()}
            made = type(cls.__name__, (cls,), {**handles, "near": facade, "__module__": cls.__module__})
            run_state_machine_as_test(made if seed is None else hypothesis_seed(seed)(made), settings=settings)
