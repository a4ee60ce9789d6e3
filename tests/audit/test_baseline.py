"""The file of findings that are known: what is read, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness.audit.baseline import read_baseline
from near_harness.errors import BadInput


def test_notes_are_for_people_only(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(
        '{"schema": "near_harness/audit-baseline@1", "known": [{"fingerprint": "ab", "note": "why"}, {"fingerprint": "cd"}]}'
    )
    assert read_baseline(path) == {"ab", "cd"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '{"schema": "near_harness/audit-baseline@2", "known": []}',
            "is of the form 'near_harness/audit-baseline@2'; this version reads 'near_harness/audit-baseline@1'",
        ),
        ('{"known": []}', "is no baseline of an audit (KeyError: 'schema'); --write-baseline makes it"),
        ('{"schema": "near_harness/audit-baseline@1", "known": [1]}', "is no baseline of an audit (TypeError: "),
        ("[]", "is no baseline of an audit (TypeError: "),
        ("known: []", "is no baseline of an audit (JSONDecodeError: "),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(BadInput) as refused:
        read_baseline(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_file_that_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cannot be read: No such file or directory; --write-baseline makes it"):
        read_baseline(tmp_path / "none.json")
