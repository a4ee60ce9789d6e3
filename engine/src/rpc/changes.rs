//! What a block changed: `changes` and `block_effects`.

use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::changes::{
    RpcStateChangesError, RpcStateChangesInBlockByTypeRequest,
    RpcStateChangesInBlockByTypeResponse, RpcStateChangesInBlockRequest,
    RpcStateChangesInBlockResponse,
};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{
    BlockReference, RawStateChangesWithTrieKey, StateChanges, StateChangesExt as _,
    StateChangesKinds, StateChangesKindsExt as _,
};
use near_primitives::views::StateChangesRequestView;
use serde_json::Value;

use super::json::{Json, to_json};
use super::params::parse;
use super::reference;
use crate::chain::{Block, Chain};

/// The changes of the kind and the accounts that are asked for, each with its cause.
pub fn changes(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let request: RpcStateChangesInBlockByTypeRequest = parse(params)?;
    let block = find(chain, &request.block_reference)?;
    let wanted = &request.state_changes_request;
    let raw = rows(block).filter(|row| matches(wanted, &row.trie_key));
    to_json(&RpcStateChangesInBlockResponse {
        block_hash: block.hash,
        changes: StateChanges::from_changes(raw).into_iter().map(Into::into).collect(),
    })
}

/// Which accounts were touched, and in what way.
pub fn kinds(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let request: RpcStateChangesInBlockRequest = parse(params)?;
    let block = find(chain, &request.block_reference)?;
    to_json(&RpcStateChangesInBlockByTypeResponse {
        block_hash: block.hash,
        changes: StateChangesKinds::from_changes(&mut rows(block))
            .into_iter()
            .map(Into::into)
            .collect(),
    })
}

fn find<'a>(chain: &'a Chain, wanted: &BlockReference) -> Result<&'a Block, RpcStateChangesError> {
    let block = reference::block(chain, wanted);
    block.map(AsRef::as_ref).ok_or_else(|| RpcStateChangesError::UnknownBlock {
        error_message: reference::missing_reference(wanted),
    })
}

fn rows(block: &Block) -> impl Iterator<Item = RawStateChangesWithTrieKey> + '_ {
    block.applied.changes.iter()
}

fn matches(wanted: &StateChangesRequestView, key: &TrieKey) -> bool {
    use StateChangesRequestView as Wanted;
    match (wanted, key) {
        (Wanted::AccountChanges { account_ids }, TrieKey::Account { account_id })
        | (Wanted::ContractCodeChanges { account_ids }, TrieKey::ContractCode { account_id })
        | (
            Wanted::AllAccessKeyChanges { account_ids },
            TrieKey::AccessKey { account_id, .. } | TrieKey::GasKeyNonce { account_id, .. },
        ) => account_ids.contains(account_id),
        (
            Wanted::SingleAccessKeyChanges { keys },
            TrieKey::AccessKey { account_id, key_handle }
            | TrieKey::GasKeyNonce { account_id, key_handle, .. },
        ) => keys.iter().any(|wanted| {
            wanted.account_id == *account_id && *key_handle == (&wanted.public_key).into()
        }),
        (
            Wanted::DataChanges { account_ids, key_prefix },
            TrieKey::ContractData { account_id, key },
        ) => account_ids.contains(account_id) && key.starts_with(key_prefix.as_ref()),
        _ => false,
    }
}
