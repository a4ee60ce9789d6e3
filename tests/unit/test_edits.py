"""Settings of genesis.json and config.json: what is read, what fits a file, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from near_harness.config import Settings
from near_harness.errors import InvalidSetting
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.edits import Edit, edit_config, edit_genesis, files_are_edited, parse_edits


def genesis() -> dict[str, Any]:
    return {"epoch_length": 60, "min_gas_price": "100000000", "gas_price_adjustment_rate": [1, 100], "shard_layout": {"V2": {}}}


def edited(*texts: str) -> dict[str, Any]:
    content = genesis()
    edit_genesis(content, NodeSettings(genesis=parse_edits(texts)))
    return content


def test_values_are_json_and_money_is_text() -> None:
    found = edited("epoch_length=20", " min_gas_price = 5 ", "gas_price_adjustment_rate=[0, 1]")
    assert found == {**genesis(), "epoch_length": 20, "min_gas_price": "5", "gas_price_adjustment_rate": [0, 1]}
    assert edited('min_gas_price="7"')["min_gas_price"] == "7"


def test_the_last_of_the_same_name_wins() -> None:
    assert edited("epoch_length=20", "epoch_length=30")["epoch_length"] == 30


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epoch_lenght=20", r"genesis\.json has no 'epoch_lenght' there; did you mean 'epoch_length'\?"),
        ("moon=20", "no 'moon' there; there are epoch_length, gas_price_adjustment_rate"),
        ("epoch_length=long", r"this is a whole number, such as 60"),
        ("epoch_length=true", r"this is a whole number, such as 60"),
        ("epoch_length.of=3", "no 'of' there; there are no names below that"),
        ("shard_layout=3", "this is an object"),
    ],
)
def test_what_does_not_fit_the_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        edited(text)


@pytest.mark.parametrize("text", ["", "epoch_length", "=5", "a..b=5", "epoch length=5"])
def test_what_is_no_setting_is_refused(text: str) -> None:
    with pytest.raises(InvalidSetting, match="is no setting: write NAME=VALUE"):
        Edit.parse(text)


def test_a_configuration_may_leave_out_what_is_set() -> None:
    config: dict[str, Any] = {"consensus": {"min_block_production_delay": {"secs": 0, "nanos": 1}}}
    settings = NodeSettings(
        block_time_ms=250,
        config=parse_edits(["max_gas_burnt_view=5", "consensus.min_block_production_delay.secs=1"]),
    )
    edit_config(config, settings)
    assert config["max_gas_burnt_view"] == 5
    assert config["consensus"] == {
        "min_block_production_delay": {"secs": 1, "nanos": 250_000_000},
        "max_block_production_delay": {"secs": 1, "nanos": 0},
    }
    with pytest.raises(InvalidSetting, match="did you mean 'min_block_production_delay'"):
        edit_config(config, NodeSettings(config=parse_edits(["consensus.min_block_production_dealy=1"])))
    with pytest.raises(InvalidSetting, match=r"config\.json has no 'rpc' there"):
        edit_config(config, NodeSettings(config=parse_edits(["rpc.addr=1"])))


def test_each_place_has_them_a_line_or_an_option_each() -> None:
    one = Settings.resolve(environ={}, genesis=["epoch_length=20", "gas_limit=5"]).node
    assert one.genesis == (Edit("epoch_length", "20"), Edit("gas_limit", "5"))
    assert Settings.resolve(environ={}, ini={"near_genesis": "\nepoch_length=20\ngas_limit=5\n"}).node.genesis == one.genesis
    other = Settings.resolve(environ={"NEAR_HARNESS_CONFIG": "a=1", "NEAR_HARNESS_FAST": "no"}).node
    assert (other.config, other.fast) == ((Edit("a", "1"),), False)
    assert files_are_edited(other) and files_are_edited(one) and not files_are_edited(NodeSettings())
    with pytest.raises(InvalidSetting, match=r"genesis \(ini key near_genesis\): 'x' is no setting"):
        Settings.resolve(environ={}, ini={"near_genesis": "x"})
    with pytest.raises(InvalidSetting, match="fast"):
        Settings.resolve(environ={}, fast="perhaps")


@pytest.mark.parametrize("given", [{"genesis": ["epoch_length=20"]}, {"config": ["a=1"]}, {"fast": "no"}, {"block_time": 5}])
def test_a_node_that_runs_already_is_not_edited(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidSetting, match="runs already: its block time, genesis and configuration cannot be chosen"):
        Settings.resolve(environ={}, node="http://127.0.0.1:3030", **given)
