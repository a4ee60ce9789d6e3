"""Gas: what each receipt was given, used, passed on and left over; the least that a call needs; a record of a whole run."""

from near_harness.gas.minimum import GasSearch
from near_harness.gas.use import GasUse, gas_uses, profile

__all__ = ["GasSearch", "GasUse", "gas_uses", "profile"]
