"""The state as the records of a genesis: only what belongs there, and in silence."""

from __future__ import annotations

import json

import near_harness_engine as engine


def test_records_are_what_a_genesis_holds():
    chain = engine.Chain(engine.sandbox_genesis(), blocks="manual")
    chain.produce_blocks(3)
    records = json.loads(chain.records())
    assert {next(iter(record)) for record in records} == {"Account", "AccessKey"}
    assert sorted(record["Account"]["account_id"] for record in records if "Account" in record) == ["near", "sandbox"]


def test_nothing_is_written_to_standard_output(capfd):
    """Programs read it: `near-harness node run --json`, `near-harness-sandbox view-state`."""
    chain = engine.Chain(engine.sandbox_genesis(), blocks="manual")
    chain.produce_blocks(3)
    chain.records()
    assert capfd.readouterr() == ("", "")
