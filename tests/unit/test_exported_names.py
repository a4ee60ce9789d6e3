"""What the package exports, and that importing it is cheap."""

from __future__ import annotations

import subprocess
import sys

import near_harness


def test_all_names_are_there() -> None:
    assert set(near_harness._HOMES) | {"__version__"} == set(near_harness.__all__)
    for name in near_harness.__all__:
        assert getattr(near_harness, name) is not None
    assert dir(near_harness) == sorted(near_harness.__all__)


def test_importing_the_package_loads_nothing_else() -> None:
    loaded = "import sys, near_harness; print([m for m in ('aiohttp', 'py_near', 'nacl', 'pytest', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "[]\n"


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(near_harness, "nothing")
