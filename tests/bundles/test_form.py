"""Bundles that are damaged, foreign or newer: each says what is wrong with it, in the harness's own error."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bundles.conftest import CORPUS

from near_harness.bundles.form import Bundle, BundleError
from near_harness.bundles.replay import replay
from near_harness.errors import HarnessError
from near_harness.nodes.base import NodeSettings

if TYPE_CHECKING:
    from bundles.conftest import Changed


def _error(path: Path) -> str:
    with pytest.raises(BundleError) as failed:
        Bundle.read(path)
    return str(failed.value)


def test_files_that_are_no_bundles(tmp_path: Path) -> None:
    text, empty, other = tmp_path / "text", tmp_path / "empty", tmp_path / "other.zip"
    text.write_text("hello")
    empty.write_bytes(b"")
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("x", "y")
    assert _error(tmp_path / "none").endswith("none cannot be read: No such file or directory")
    assert "text is no bundle, or a damaged one: File is not a zip file" in _error(text)
    assert "is no bundle, or a damaged one" in _error(empty)
    assert _error(other).endswith("other.zip is no bundle of near-harness: there is no bundle.json in it")
    assert "there is no bundle.json in it" in _error(tmp_path)


def test_two_runs_that_write_the_same_bundle_at_once_leave_a_whole_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle, path, write = Bundle.read(CORPUS[0]), tmp_path / "it.zip", zipfile.ZipFile.writestr
    others = iter([lambda: bundle.write(path, {})])

    def write_as_the_other_does(*arguments: Any) -> None:
        next(others, lambda: None)()
        write(*arguments)

    monkeypatch.setattr(zipfile.ZipFile, "writestr", write_as_the_other_does)
    bundle.write(path, {"README.txt": "hello"})
    assert Bundle.read(path) == bundle
    assert list(tmp_path.iterdir()) == [path]


def test_other_schemas_and_newer_versions(changed: Changed) -> None:
    assert "its schema is 'cats@1', not 'near_harness/bundle@2'" in _error(changed(lambda c: c.update(schema="cats@1")))
    assert "its schema is ''" in _error(changed(lambda _: ["a", "list"]))
    newer = _error(changed(lambda c: c.update(schema="near_harness/bundle@3")))
    assert "is of version 3; near-harness 0.1.0 reads bundles up to version 2: pip install --upgrade near-harness" in newer


@pytest.mark.parametrize(("change", "text"), [
    (lambda c: c.pop("steps"), "damaged: steps or left_out is no list"),
    (lambda c: c.update(node=5), "damaged: node is no object"),
    (lambda c: c["node"].pop("root"), "damaged: node has no protocol_version or root"),
    (lambda c: c["steps"][1].update(kind="dance"), "damaged: step 2 is none of transaction, view"),
    (lambda c: c["steps"].pop(0), "damaged: step 1 says that it is number 2"),
    (lambda c: c["contracts"].update(abc={"bytes": 1}), "damaged: contracts/abc.wasm is missing"),
])  # fmt: skip
def test_what_is_damaged_is_named(changed: Changed, change: Any, text: str) -> None:
    def only(content: dict[str, Any]) -> None:
        change(content)

    assert text in _error(changed(only))


def test_contracts_that_are_missing_or_others(changed: Changed, tmp_path: Path) -> None:
    assert "is missing" in _error(changed(without=".wasm"))
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(CORPUS[0]) as archive:
        archive.extractall(folder)
    assert Bundle.read(folder).steps == Bundle.read(CORPUS[0]).steps
    wasm = next(folder.glob("contracts/*.wasm"))
    wasm.write_bytes(b"other code")
    assert "has another hash" in _error(folder)
    shutil.rmtree(folder)


def test_every_flipped_byte_is_an_error_or_does_no_harm(tmp_path: Path) -> None:
    whole = CORPUS[0].read_bytes()
    path = tmp_path / "flipped.zip"
    random_places = random.Random(7)  # noqa: S311 - the same places each time
    for place in [*random_places.sample(range(len(whole)), 60), *range(len(whole) - 100, len(whole))]:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with contextlib.suppress(BundleError):
            Bundle.read(path)
    for length in range(0, len(whole), len(whole) // 40):
        path.write_bytes(whole[:length])
        assert str(path) in _error(path)


def test_a_bundle_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bundle.json", "w", force_zip64=True) as file:
        for _ in range(520):
            file.write(b"\0" * (1 << 20))
    assert "would be larger than 512 MiB" in _error(path)


def test_arguments_that_are_no_base64_any_more_are_not_sent(changed: Changed) -> None:
    damaged = "eyJu*dW1iZXIiOiAxfQ=="  # read leniently it is {"number": 1}

    def damage_call(content: dict[str, Any]) -> None:
        call = next(a["FunctionCall"] for step in content["steps"] for a in step.get("actions", ()) if "FunctionCall" in a)
        call["args"] = damaged

    def damage_view(content: dict[str, Any]) -> None:
        step = next(step for step in content["steps"] if step["kind"] == "view")
        step["args"] = damaged

    for damage in (damage_call, damage_view):
        with pytest.raises(BundleError, match=r"step \d \((transaction|view)\) cannot be done: .*base64"):
            asyncio.run(replay(Bundle.read(changed(damage)), NodeSettings()))


def test_nonsense_in_the_steps_is_an_error_of_the_harness(changed: Changed) -> None:
    """Any value of any step replaced by something else: it replays, differs, or says which step it cannot do."""
    values: list[Any] = [None, -1, 10**40, "", "x", [], {}, "é" * 50]
    maker = random.Random(3)  # noqa: S311 - the same each time

    def spoil(node: Any) -> None:
        while isinstance(node, (dict, list)) and node:
            key = maker.choice(list(node)) if isinstance(node, dict) else maker.randrange(len(node))
            if not isinstance(node[key], (dict, list)) or maker.random() < 0.15:
                node[key] = maker.choice(values)
                return
            node = node[key]

    refused = []
    for number in range(30):
        path = changed(lambda content: spoil(content["steps"]), name=f"{number}.zip")
        try:
            asyncio.run(replay(Bundle.read(path), NodeSettings()))
        except HarnessError as error:
            refused.append(str(error))
    assert len(refused) > 4
    assert [text for text in refused if "step" not in text and "damaged" not in text and "exists on the node" not in text] == []


def test_a_change_is_found(changed: Changed) -> None:
    def other_value(content: dict[str, Any]) -> None:
        content["steps"][-1]["seen"] = {"value": "IjUi"}

    done = asyncio.run(replay(Bundle.read(changed(other_value)), NodeSettings()))
    assert not done.reproduces
    (found,) = done.that_matter
    assert (found.step, found.field) == (len(done.bundle.steps), "result")
    assert json.dumps(found.as_json())
