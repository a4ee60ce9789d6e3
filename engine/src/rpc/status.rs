//! How the node is: `status` and `network_info`.

use std::sync::LazyLock;
use std::time::Instant;

use near_crypto::{KeyType, PublicKey, SecretKey};
use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::network_info::RpcNetworkInfoResponse;
use near_primitives::version::Version;
use near_primitives::views::{StatusResponse, StatusSyncInfo, ValidatorInfo};
use near_time::Utc;
use serde_json::Value;

use super::json::{Json, to_json};
use crate::chain::{Block, Chain};

static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

pub fn status(chain: &Chain) -> Result<Json, RpcError> {
    let head = chain.head();
    let (genesis, first) = (chain.genesis_block(), chain.earliest_block());
    let validator = head.epoch.validators.first();
    let validator_key = validator.map(|stake| stake.public_key().clone());
    let status = StatusResponse {
        version: version(),
        chain_id: chain.chain_id().to_owned(),
        protocol_version: chain.protocol_version(),
        latest_protocol_version: chain.protocol_version(),
        rpc_addr: chain.node().rpc_addr.clone(),
        validators: head
            .epoch
            .validators
            .iter()
            .map(|stake| ValidatorInfo { account_id: stake.account_id().clone() })
            .collect(),
        sync_info: StatusSyncInfo {
            latest_block_hash: head.hash,
            latest_block_height: head.height,
            latest_state_root: *head.header().prev_state_root(),
            latest_block_time: time(head),
            syncing: false,
            earliest_block_hash: Some(first.hash),
            earliest_block_height: Some(first.height),
            earliest_block_time: Some(time(first)),
            epoch_id: Some(*head.epoch_id()),
            epoch_start_height: Some(head.epoch.first_block),
        },
        validator_account_id: validator.map(|stake| stake.account_id().clone()),
        validator_public_key: validator_key.clone(),
        node_public_key: node_key(chain),
        node_key: validator_key,
        uptime_sec: i64::try_from(STARTED.elapsed().as_secs()).unwrap_or(i64::MAX),
        genesis_hash: genesis.hash,
        detailed_debug_status: None,
    };
    let mut value = serde_json::to_value(&status)
        .map_err(|error| RpcError::serialization_error(error.to_string()))?;
    // Clients of the time before slashing was dropped insist on the field.
    for validator in value["validators"].as_array_mut().into_iter().flatten() {
        validator["is_slashed"] = Value::Bool(false);
    }
    to_json(&value)
}

pub fn version() -> Version {
    Version {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        build: concat!("near-harness-engine-", env!("CARGO_PKG_VERSION")).to_owned(),
        commit: "unknown".to_owned(),
        rustc_version: "unknown".to_owned(),
    }
}

fn time(block: &Block) -> Utc {
    block.facts.time()
}

/// That of the node's own file; a chain without one has a fixed key, as there is no peer to keep it from.
fn node_key(chain: &Chain) -> PublicKey {
    chain
        .node()
        .public_key
        .clone()
        .unwrap_or_else(|| SecretKey::from_seed(KeyType::ED25519, chain.chain_id()).public_key())
}

/// A node alone, with nearcore's default for the most peers it would have.
pub fn network_info() -> Result<Json, RpcError> {
    to_json(&RpcNetworkInfoResponse {
        active_peers: vec![],
        num_active_peers: 0,
        peer_max_count: 40,
        sent_bytes_per_sec: 0,
        received_bytes_per_sec: 0,
        known_producers: vec![],
    })
}
