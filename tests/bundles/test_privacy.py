"""What a text loses before it goes into a bundle, and what it keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness.bundles.privacy import without_private_things


@pytest.mark.parametrize(("text", "expected"), [
    ("at /home/jane/work/contract/tests/test_x.py:5", "at …/test_x.py:5"),
    ("'/opt/x/y.wasm' and (/var/lib/near/data/0.sst)", "'…/y.wasm' and (…/0.sst)"),
    (r"C:\Users\jane\work\x.py failed", "…/x.py failed"),
    ("http://10.0.0.7:3030/ does not answer", "<address> does not answer"),
    ("https://user:pw@rpc.example.org/v1?key=1, twice", "<address> twice"),
    ("tests/test_bank.py::test_x", "tests/test_bank.py::test_x"),
    ("assert 1/2 == 0.5 and a/b", "assert 1/2 == 0.5 and a/b"),
    ("ed25519:8m5xVk5HSrudbw9pptQPLnFsKYAmGGng5hzvjgARxso4 stays", "ed25519:8m5xVk5HSrudbw9pptQPLnFsKYAmGGng5hzvjgARxso4 stays"),
    ("key ed25519:" + "3" * 88 + ".", "key <secret key>."),
])  # fmt: skip
def test_texts(text: str, expected: str) -> None:
    assert without_private_things(text) == expected


def test_values_of_secret_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", "s3cr3t-value")
    monkeypatch.setenv("SHORT_TOKEN", "near")
    assert without_private_things("near said s3cr3t-value") == "near said <value of MY_API_KEY>"


def test_folders_with_spaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, here = tmp_path / "Jane Doe", tmp_path / "my contract"
    home.mkdir()
    here.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.chdir(here)
    for place in (home, here):
        assert without_private_things(f"{place / 'bank.wasm'} is missing") == "…/bank.wasm is missing"
