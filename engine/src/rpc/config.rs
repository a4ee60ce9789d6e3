//! What the chain is set to: `EXPERIMENTAL_protocol_config`, `genesis_config`, and how its data is kept.

use near_chain_configs::ProtocolConfig;
use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::config::{RpcProtocolConfigError, RpcProtocolConfigResponse};
use near_jsonrpc_primitives::types::split_storage::{
    RpcSplitStorageInfoRequest, RpcSplitStorageInfoResponse,
};
use near_parameters::RuntimeConfig;
use near_primitives::types::BlockReference;
use near_primitives::views::SplitStorageInfoView;
use serde_json::Value;

use super::json::{Json, to_json};
use super::params::parse;
use super::reference;
use crate::chain::Chain;

pub fn protocol_config(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let block_reference: BlockReference = parse(params)?;
    if reference::block(chain, &block_reference).is_none() {
        let error_message = reference::missing_reference(&block_reference);
        return Err(RpcProtocolConfigError::UnknownBlock { error_message }.into());
    }
    let config = ProtocolConfig {
        genesis_config: chain.genesis().clone(),
        runtime_config: RuntimeConfig::clone(chain.runtime_config()),
    };
    to_json(&RpcProtocolConfigResponse { config_view: config.into() })
}

pub fn genesis_config(chain: &Chain) -> Result<Json, RpcError> {
    to_json(chain.genesis())
}

/// Nothing is split: all blocks are at hand.
pub fn split_storage_info(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let RpcSplitStorageInfoRequest {} = parse(params)?;
    to_json(&RpcSplitStorageInfoResponse {
        result: SplitStorageInfoView {
            head_height: Some(chain.height()),
            final_head_height: Some(chain.final_head().height),
            cold_head_height: None,
            hot_db_kind: None,
        },
    })
}
