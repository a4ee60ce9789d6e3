"""Bundles that earlier versions wrote stay readable, and come out as they did.

``tests/data/bundles/<version of the form>/`` is added to when the form changes, and never changed: bundles of tests that fail on
purpose, written by the first version of the harness that writes that form.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from bundles.conftest import CORPUS

from near_harness.bundles.form import KINDS, VERSION, Bundle
from near_harness.bundles.replay import replay
from near_harness.nodes.base import NodeSettings


def test_every_version_and_kind_of_step_is_in_the_corpus() -> None:
    assert {path.parent.name for path in CORPUS} == {str(version) for version in range(1, VERSION + 1)}
    assert {step["kind"] for path in CORPUS for step in Bundle.read(path).steps} == set(KINDS)


def test_a_saved_chain_that_is_not_read_any_more_is_put_in_as_its_state() -> None:
    bundle = replace(Bundle.read(next(path for path in CORPUS if "saved_chain" in path.name)), chain=b"of an older form")
    done = asyncio.run(replay(bundle, NodeSettings()))
    assert done.that_matter == []
    assert [note.partition(":")[0] for note in done.notes] == ["step 1", "its state was put in record by record"]


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_it_reproduces_to_the_last_unit_of_gas(path: Path) -> None:
    bundle = Bundle.read(path)
    done = asyncio.run(replay(bundle, NodeSettings(protocol_version=bundle.content["node"]["protocol_version"])))
    assert done.differences == []
    # The form of saved chains may have changed since; the state is in the bundle as well, and is put in then.
    assert done.notes == [] or "load" in {step["kind"] for step in bundle.steps}
