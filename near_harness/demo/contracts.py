"""Where the contracts of the demo and the tutorials are: in the installed package, or in the checkout that it runs from."""

from __future__ import annotations

from pathlib import Path

from near_harness.errors import InvalidContractCode

_PLACES = (Path(__file__).parent, Path(__file__).parents[2] / "contracts" / "compiled")


def demo_contract(name: str) -> Path:
    """Return the path of a compiled contract: ``bank``, ``staking_pool`` or ``deposit_demo``.

    :raises InvalidContractCode: where it is in neither place.
    """
    for place in _PLACES:
        if (place / f"{name}.wasm").is_file():
            return place / f"{name}.wasm"
    raise InvalidContractCode(f"the demo's contract {name}.wasm is in neither of {', '.join(map(str, _PLACES))}")
