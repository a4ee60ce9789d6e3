//! What a node's `config.json` says and its RPC tells again. What is not in the file is as nearcore has it by default.

use std::time::Duration;

use serde::Deserialize;

/// The part of nearcore's `config.json` that `client_config` shows.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct NodeConfig {
    /// Without a file it is: all blocks are kept here.
    pub archive: bool,
    pub consensus: Consensus,
}

/// How the node makes blocks.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Consensus {
    pub min_num_peers: usize,
    pub produce_empty_blocks: bool,
    pub block_production_tracking_delay: Duration,
    pub min_block_production_delay: Duration,
    pub max_block_production_delay: Duration,
    pub max_block_wait_delay: Duration,
}

impl Default for NodeConfig {
    fn default() -> Self {
        Self { archive: true, consensus: Consensus::default() }
    }
}

impl Default for Consensus {
    fn default() -> Self {
        Self {
            min_num_peers: 0,
            produce_empty_blocks: true,
            block_production_tracking_delay: Duration::from_millis(10),
            min_block_production_delay: Duration::from_millis(120),
            max_block_production_delay: Duration::from_millis(500),
            max_block_wait_delay: Duration::from_secs(6),
        }
    }
}

impl NodeConfig {
    /// Reads the text of a `config.json`.
    pub fn read(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|error| format!("config: {error}"))
    }
}
