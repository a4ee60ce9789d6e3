"""How strict a test is about what it leaves unsaid: an ini key for the project, and a marker of the same name for a test."""

from __future__ import annotations

import warnings

import pytest

_WAYS = ("error", "warn", "ignore")


class Strictness:
    """What is to become of something: ``error`` fails the test, ``warn`` warns, ``ignore`` does nothing."""

    def __init__(self, config: pytest.Config, name: str) -> None:
        self._name = name
        self._default = _checked(config.getini(name), f"ini key {name}")

    def ignores(self, item: pytest.Item) -> bool:
        """Whether this test wants to hear nothing of it."""
        return self._of(item) == "ignore"

    def tell(self, item: pytest.Item, text: str, warning: type[Warning]) -> None:
        """Fail the test with the text, or warn of it."""
        if self._of(item) == "warn":
            warnings.warn(text, warning, stacklevel=2)
        else:
            pytest.fail(text, pytrace=False)

    def _of(self, item: pytest.Item) -> str:
        marker = item.get_closest_marker(self._name)
        if marker is None:
            return self._default
        return _checked(marker.args[0] if len(marker.args) == 1 else marker.args, f"marker {self._name} of {item.nodeid}")


def _checked(way: object, where: str) -> str:
    if way not in _WAYS:
        raise pytest.UsageError(f"{where}: {way!r} is none of {', '.join(_WAYS)}")
    return str(way)
