"""Whether Python keeps what it compiles: it does for users, and not everywhere where speed is measured."""

from __future__ import annotations

from collections.abc import Mapping


def keeping_bytecode(folder: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a Python that keeps compiled modules from one run to the next, in a folder, as it does by itself.

    Where a machine forbids it (``PYTHONDONTWRITEBYTECODE``) each run would compile what pip has not.
    """
    kept = {name: value for name, value in environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": folder}
