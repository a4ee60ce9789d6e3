//! What Python says about how a chain is run.

use near_primitives::types::Gas;
use pyo3::prelude::*;

use super::EngineError;
use crate::chain::{BlockMode, Clock, NodeSettings};
use crate::node_config::NodeConfig;

/// nearcore keeps three epochs at the least, whatever is asked for: final blocks and epochs to come are told from them.
const LEAST_EPOCHS: u64 = 3;

pub fn node(
    rpc_addr: Option<String>,
    public_key: Option<&str>,
    validator_key: Option<&str>,
    max_gas_burnt_view: Option<u64>,
    config: Option<&str>,
    gc_num_epochs_to_keep: Option<u64>,
) -> PyResult<NodeSettings> {
    let public_key = public_key.map(str::parse).transpose().map_err(|error| {
        EngineError::new_err(format!("node_public_key={public_key:?}: {error}"))
    })?;
    // The text of a secret key is in no error.
    let validator_key = validator_key
        .map(str::parse)
        .transpose()
        .map_err(|_| EngineError::new_err("validator_key: 'ed25519:…' is wanted"))?;
    let config = config.map(NodeConfig::read).transpose().map_err(EngineError::new_err)?;
    if let Some(epochs) = gc_num_epochs_to_keep.filter(|epochs| *epochs < LEAST_EPOCHS) {
        return Err(EngineError::new_err(format!(
            "gc_num_epochs_to_keep={epochs}: at least {LEAST_EPOCHS} epochs are kept"
        )));
    }
    Ok(NodeSettings {
        rpc_addr,
        public_key,
        validator_key,
        max_gas_burnt_view: max_gas_burnt_view.map(Gas::from_gas),
        gc_num_epochs_to_keep,
        config: config.unwrap_or_default(),
    })
}

pub fn blocks(name: &str) -> PyResult<BlockMode> {
    match name {
        "auto" => Ok(BlockMode::Auto),
        "interval" => Ok(BlockMode::Interval),
        "manual" => Ok(BlockMode::Manual),
        other => Err(EngineError::new_err(format!(
            "blocks={other:?}: one of 'auto', 'interval' and 'manual' is wanted"
        ))),
    }
}

pub fn clock(name: &str) -> PyResult<Clock> {
    match name {
        "steps" => Ok(Clock::Steps),
        "wall" => Ok(Clock::Wall),
        other => Err(EngineError::new_err(format!("clock={other:?}: 'steps' or 'wall' is wanted"))),
    }
}
