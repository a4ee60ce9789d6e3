"""Changes of the files that ``init`` writes: ``genesis.json`` and ``config.json``, a setting at a time.

``epoch_length=20`` or ``consensus.min_block_production_delay.nanos=50000000``: a path of names with dots between them, and a
value as JSON; what is no JSON is text. Money is text in these files, with or without quotes here.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from near_harness.errors import InvalidSetting

if TYPE_CHECKING:
    from near_harness.nodes.base import NodeSettings

_EDIT = re.compile(r"\s*([A-Za-z_]\w*(?:\.\w+)*)\s*=\s*(.*?)\s*", re.DOTALL)
_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a whole number", float: "a number"}


@dataclass(frozen=True)
class Edit:
    """One setting: where it is in the file, and the text of its new value."""

    path: str
    text: str

    @classmethod
    def parse(cls, text: str) -> Edit:
        """Read ``PATH=VALUE``.

        :raises InvalidSetting: where it is not of that form.
        """
        found = _EDIT.fullmatch(text)
        if found is None:
            raise InvalidSetting(f"{text!r} is no setting: write NAME=VALUE, such as epoch_length=20, or PART.NAME=VALUE")
        return cls(found[1], found[2])

    def apply(self, content: dict[str, Any], file: str, *, new_names: bool) -> None:
        """Change ``content``. With ``new_names`` a setting may be one that the file leaves out.

        :raises InvalidSetting: for a name that is not in the file, or a value of another type than there.
        """
        *parts, name = self.path.split(".")
        place = content
        for part in parts:
            self._check(place, part, file, new_names=False)
            place = place[part] if isinstance(place[part], dict) else {}
        self._check(place, name, file, new_names=new_names)
        place[name] = self._value(place.get(name), file)

    def _check(self, place: dict[str, Any], name: str, file: str, *, new_names: bool) -> None:
        if name in place:
            return
        alike = difflib.get_close_matches(name, place, n=1, cutoff=0.7)
        if new_names and not alike and place:
            return
        hint = f"did you mean {alike[0]!r}?" if alike else f"there are {', '.join(sorted(place)) or 'no names below that'}"
        raise InvalidSetting(f"{self.path}={self.text}: {file} has no {name!r} there; {hint}")

    def _value(self, before: Any, file: str) -> Any:
        try:
            value = json.loads(self.text)
        except ValueError:
            value = self.text
        if isinstance(before, str) and not isinstance(value, str):
            return self.text  # money, which is written as text
        same = type(value) is type(before) or (isinstance(before, float) and type(value) is int)
        if before is not None and not same:
            raise InvalidSetting(
                f"{self.path}={self.text}: in {file} this is {_KINDS[type(before)]}, such as {json.dumps(before)}"
            )
        return value


def parse_edits(texts: Iterable[str]) -> tuple[Edit, ...]:
    """Read several settings; a later one of the same path wins.

    :raises InvalidSetting: naming the one that is not ``PATH=VALUE``.
    """
    return tuple({edit.path: edit for edit in map(Edit.parse, texts)}.values())


def files_are_edited(settings: NodeSettings) -> bool:
    """Whether a node wants other files than its ``init --fast`` writes."""
    return not settings.fast or bool(settings.genesis or settings.config) or settings.block_time_ms is not None


def edit_genesis(genesis: dict[str, Any], settings: NodeSettings) -> None:
    """Change the content of a ``genesis.json`` as the settings want it.

    :raises InvalidSetting: for a setting that does not fit the file.
    """
    for edit in settings.genesis:
        edit.apply(genesis, "genesis.json", new_names=False)


def edit_config(config: dict[str, Any], settings: NodeSettings) -> None:
    """Change the content of a ``config.json`` as the settings want it: block times first, then setting by setting.

    :raises InvalidSetting: for a setting that does not fit the file.
    """
    if settings.block_time_ms is not None:
        config.setdefault("consensus", {}).update(_consensus_delays(settings.block_time_ms))
    for edit in settings.config:
        edit.apply(config, "config.json", new_names=True)  # a node leaves out what it has by default


def _consensus_delays(block_time_ms: int) -> dict[str, Any]:
    """Return the settings for a block each ``block_time_ms``."""

    def duration(milliseconds: int) -> dict[str, int]:
        return {"secs": milliseconds // 1000, "nanos": milliseconds % 1000 * 1_000_000}

    return {
        "min_block_production_delay": duration(block_time_ms),
        "max_block_production_delay": duration(max(4 * block_time_ms, 100)),
    }
