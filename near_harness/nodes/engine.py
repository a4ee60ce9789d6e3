"""The engine, where it is installed, and its cache. Programs that serve nothing load it without a server."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from near_harness.caches import cache_folder
from near_harness.errors import EngineMismatch, EngineMissing
from near_harness.version import __version__

FAST_EPOCH, SLOW_EPOCH = 60, 500
"""The length of an epoch with and without ``init --fast``, in blocks."""
MOST_BLOCKS = 1_000_000
"""So many blocks are made at once, each kept with what is in it: a gigabyte of memory, and some seconds."""
_MEND = "pip install 'near-harness[engine]'"


def load_engine() -> ModuleType:
    """Import the engine and check that its version is the harness's own.

    :raises EngineMissing: where it is not installed.
    :raises EngineMismatch: where it is of another version.
    """
    try:
        import near_harness_engine as engine  # noqa: PLC0415 - an extra, loaded where it is needed
    except ImportError as error:
        if error.name is not None and not error.name.startswith("near_harness_engine"):
            raise
        cause = "" if isinstance(error, ModuleNotFoundError) and error.name == "near_harness_engine" else f" ({error})"
        raise EngineMissing(f"the embedded node needs the engine, which is not installed{cause}: {_MEND}") from error
    if engine.__version__ != __version__:
        raise EngineMismatch(
            f"near-harness {__version__} needs near-harness-engine {__version__}, "
            f"but {engine.__version__} is installed: {_MEND.replace('install', 'install --upgrade')}"
        )
    found: ModuleType = engine
    return found


def contract_cache(tell: Callable[[str], None] | None = None) -> Path | None:
    """Return the folder of compiled contracts: ``NEAR_HARNESS_CACHE``, else one in the user's cache folder.

    None where it can be neither made nor used, as on a disk that is read-only: with that the engine keeps them in memory, as
    ``tell`` hears.
    """
    folder = cache_folder("contracts")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_private(folder / "compiled")
    except OSError as error:
        if tell is not None:
            tell(f"compiled contracts are not kept in {folder}: {error.strerror}; each run compiles them anew")
        return None
    return folder


def _make_private(folder: Path) -> None:
    """Make the folder for this user alone, as the engine does, which ends where it cannot."""
    folder.mkdir(exist_ok=True, mode=0o700)
    if sys.platform != "win32" and stat.S_IMODE(folder.stat().st_mode) != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)
