//! Blocks and chunks: `block`, `chunk`, `gas_price`, `EXPERIMENTAL_congestion_level`.

use std::sync::Arc;

use near_jsonrpc_primitives::errors::{RpcError, RpcParseError};
use near_jsonrpc_primitives::types::blocks::RpcBlockError;
use near_jsonrpc_primitives::types::chunks::{ChunkReference, RpcChunkError};
use near_jsonrpc_primitives::types::congestion::RpcCongestionLevelResponse;
use near_jsonrpc_primitives::types::gas_price::{RpcGasPriceError, RpcGasPriceRequest};
use near_primitives::sharding::ChunkHash;
use near_primitives::types::{AccountId, BlockReference};
use near_primitives::views::{BlockView, ChunkView, GasPriceView};
use serde_json::Value;

use super::json::{Json, to_json};
use super::params::{Form, parse};
use super::{reference, signing};
use crate::chain::header::shard_id;
use crate::chain::{Block, Chain};

pub fn block(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let wanted = match Form::of(params) {
        Form::One(id) => BlockReference::BlockId(parse(id)?),
        other => parse(other.into_named())?,
    };
    let block = reference::block(chain, &wanted).ok_or_else(|| RpcBlockError::UnknownBlock {
        error_message: reference::missing_reference(&wanted),
    })?;
    to_json(&BlockView {
        author: author(block),
        header: signing::header(chain, block),
        chunks: vec![signing::chunk_header(chain, block)],
    })
}

/// Who made a block: with the one validator of a sandbox there is no choice, and a further one has no node that could.
pub fn author(block: &Block) -> AccountId {
    match block.epoch.validators.first() {
        Some(validator) => validator.account_id().clone(),
        None => "system".parse().expect("a valid account id"),
    }
}

pub fn chunk(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let block = block_of_chunk(chain, &chunk_reference(params)?)?;
    to_json(&ChunkView {
        author: author(block),
        header: signing::chunk_header(chain, block),
        transactions: block.transactions.iter().map(|tx| tx.as_ref().clone().into()).collect(),
        receipts: block.incoming.iter().map(|receipt| receipt.as_ref().clone().into()).collect(),
    })
}

/// `["hash"]`, `[[block_id, shard_id]]`, or named.
fn chunk_reference(params: Value) -> Result<ChunkReference, RpcParseError> {
    Ok(match Form::of(params) {
        Form::One(pair @ Value::Array(_)) => {
            let (block_id, shard_id) = parse(pair)?;
            ChunkReference::BlockShardId { block_id, shard_id }
        }
        Form::One(hash) => ChunkReference::ChunkHash { chunk_id: parse(hash)? },
        other => parse(other.into_named())?,
    })
}

fn block_of_chunk<'a>(
    chain: &'a Chain,
    wanted: &ChunkReference,
) -> Result<&'a Arc<Block>, RpcChunkError> {
    match wanted {
        ChunkReference::ChunkHash { chunk_id } => chain
            .block_of_chunk(chunk_id)
            .ok_or(RpcChunkError::UnknownChunk { chunk_hash: ChunkHash(*chunk_id) }),
        ChunkReference::BlockShardId { block_id, shard_id: shard } => {
            let block = reference::by_id(chain, block_id).ok_or_else(|| {
                let error_message = reference::missing(block_id);
                RpcChunkError::UnknownBlock { error_message }
            })?;
            if *shard != shard_id() {
                return Err(RpcChunkError::InvalidShardId { shard_id: *shard });
            }
            Ok(block)
        }
    }
}

pub fn congestion_level(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let block = block_of_chunk(chain, &parse(params)?)?;
    let config = &chain.runtime_config().congestion_control_config;
    let congestion = block.chunk_header().congestion_info();
    to_json(&RpcCongestionLevelResponse {
        congestion_level: congestion.localized_congestion_level(config),
    })
}

pub fn gas_price(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let wanted = match Form::of(params) {
        Form::One(id) => parse(id)?,
        other => parse::<RpcGasPriceRequest>(other.into_named())?.block_id,
    };
    let block = reference::by_maybe_id(chain, &wanted).ok_or_else(|| {
        let error_message = wanted.as_ref().map(reference::missing).unwrap_or_default();
        RpcGasPriceError::UnknownBlock { error_message }
    })?;
    to_json(&GasPriceView { gas_price: block.facts.next_gas_price })
}
