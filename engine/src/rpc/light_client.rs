//! Proofs for light clients: of an outcome in a block, of a block in the chain, and the next block that they may trust.

use std::sync::Arc;

use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::light_client::{
    RpcLightClientBlockProofRequest, RpcLightClientBlockProofResponse,
    RpcLightClientExecutionProofRequest, RpcLightClientExecutionProofResponse,
    RpcLightClientNextBlockError, RpcLightClientNextBlockRequest, RpcLightClientNextBlockResponse,
    RpcLightClientProofError,
};
use near_primitives::block::BlockHeader;
use near_primitives::hash::{CryptoHash, hash};
use near_primitives::merkle::{Direction, MerklePath, MerklePathItem, combine_hash, merklize};
use near_primitives::types::TransactionOrReceiptId;
use near_primitives::views::{LightClientBlockLiteView, LightClientBlockView};
use serde_json::Value;

use super::json::{Json, to_json};
use super::outcome_tree::outcome_view;
use super::params::{Form, parse};
use super::{reference, signing};
use crate::chain::{Block, Chain};

/// `EXPERIMENTAL_light_client_proof`: an outcome is committed to by the block *after* the one that it belongs to.
pub fn execution_proof(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let request: RpcLightClientExecutionProofRequest = parse(params)?;
    let id = match request.id {
        TransactionOrReceiptId::Transaction { transaction_hash, .. } => transaction_hash,
        TransactionOrReceiptId::Receipt { receipt_id, .. } => receipt_id,
    };
    let Some(stored) = chain.outcome(&id) else {
        return Err(without_outcome(chain, id).into());
    };
    let not_confirmed = || RpcLightClientProofError::NotConfirmed { transaction_or_receipt_id: id };
    let committed = chain
        .block_by_hash(&stored.block_hash)
        .and_then(|block| reference::next(chain, block))
        .ok_or_else(not_confirmed)?;
    let mut outcome_proof = outcome_view(stored);
    outcome_proof.block_hash = committed.hash;
    let shard_roots = [*committed.chunk_header().prev_outcome_root()];
    let (_, mut shard_paths) = merklize(&shard_roots);
    to_json(&RpcLightClientExecutionProofResponse {
        outcome_proof,
        outcome_root_proof: shard_paths.pop().unwrap_or_default(),
        block_header_lite: committed.header().into(),
        block_proof: path(chain, &committed.hash, &request.light_client_head)?,
    })
}

fn without_outcome(chain: &Chain, id: CryptoHash) -> RpcLightClientProofError {
    let known = chain.transaction(&id).is_some() || chain.receipt(&id).is_some();
    if known {
        RpcLightClientProofError::NotConfirmed { transaction_or_receipt_id: id }
    } else {
        RpcLightClientProofError::UnknownTransactionOrReceipt { transaction_or_receipt_id: id }
    }
}

/// `EXPERIMENTAL_light_client_block_proof`.
pub fn block_proof(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let request: RpcLightClientBlockProofRequest = parse(params)?;
    let block = find(chain, &request.block_hash)?;
    to_json(&RpcLightClientBlockProofResponse {
        block_header_lite: LightClientBlockLiteView::from(block.header()),
        block_proof: path(chain, &request.block_hash, &request.light_client_head)?,
    })
}

fn find<'a>(
    chain: &'a Chain,
    hash: &CryptoHash,
) -> Result<&'a Arc<Block>, RpcLightClientProofError> {
    let block = chain.block_by_hash(hash);
    block.ok_or_else(|| RpcLightClientProofError::UnknownBlock {
        error_message: format!("BLOCK HEADER: {hash}"),
    })
}

/// From a block to the root over all blocks before `head`, which the head's header carries.
fn path(
    chain: &Chain,
    block: &CryptoHash,
    head: &CryptoHash,
) -> Result<MerklePath, RpcLightClientProofError> {
    let head = find(chain, head)?;
    let block = find(chain, block)?;
    let first = chain.earliest_block().height;
    if first > chain.genesis_block().height {
        return Err(RpcLightClientProofError::InternalError {
            error_message: format!(
                "the path takes the hashes of all blocks, and those before block {first} are forgotten: \
                 gc_num_epochs_to_keep"
            ),
        });
    }
    let mut hashes: Vec<CryptoHash> =
        reference::ancestors(chain, head).skip(1).map(|block| block.hash).collect();
    hashes.reverse();
    let position = hashes.iter().position(|hash| *hash == block.hash);
    let position = position.ok_or_else(|| RpcLightClientProofError::InternalError {
        error_message: format!("block {} is not before block {}", block.hash, head.hash),
    })?;
    Ok(path_to_root(hashes, position))
}

/// The path in nearcore's tree over block hashes: the leaves are the hashes themselves, and where a level has an odd end,
/// the last node goes up as it is.
fn path_to_root(mut level: Vec<CryptoHash>, mut position: usize) -> MerklePath {
    let mut path = MerklePath::new();
    while level.len() > 1 {
        let (sibling, direction) = if position.is_multiple_of(2) {
            (position + 1, Direction::Right)
        } else {
            (position - 1, Direction::Left)
        };
        if let Some(hash) = level.get(sibling) {
            path.push(MerklePathItem { hash: *hash, direction });
        }
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => combine_hash(left, right),
                rest => rest[0],
            })
            .collect();
        position /= 2;
    }
    path
}

/// `next_light_client_block`: the newest final block while the client's is in the same epoch or the one before it, else
/// the last one that was final in the epoch after the client's. An empty object: the client is up to date.
pub fn next_block(chain: &Chain, params: Value) -> Result<Json, RpcError> {
    let last_hash = match Form::of(params) {
        Form::One(hash) => parse(hash)?,
        other => parse::<RpcLightClientNextBlockRequest>(other.into_named())?.last_block_hash,
    };
    let unknown = || RpcLightClientNextBlockError::UnknownBlock {
        error_message: format!("DB Not Found Error: BLOCK HEADER: {last_hash}"),
    };
    let last = chain.block_by_hash(&last_hash).ok_or_else(unknown)?;
    let head = chain.head();
    let current = head.epoch_id();
    let near = last.epoch_id() == current || last.epoch.next_id == *current;
    let light_client_block = if near {
        trusted_block(chain, head).filter(|view| view.inner_lite.height > last.height)
    } else {
        let wanted = &last.epoch.next_id;
        reference::ancestors(chain, head)
            .find(|block| block.epoch_id() == wanted)
            .and_then(|end| trusted_block(chain, end))
    };
    to_json(&RpcLightClientNextBlockResponse {
        light_client_block: light_client_block.map(Arc::new),
    })
}

/// The final block that `block` proves, with the approvals in the second block after it: those of the validators whom the
/// client knows for the trusted block's epoch, in their order.
fn trusted_block(chain: &Chain, block: &Block) -> Option<LightClientBlockView> {
    let trusted = chain.block_by_hash(&block.facts.last_final_block)?;
    let next = reference::next(chain, trusted)?;
    let after_next = reference::next(chain, next)?;
    let (header, next_header) = (trusted.header(), next.header());
    Some(LightClientBlockView {
        prev_block_hash: *header.prev_hash(),
        next_block_inner_hash: BlockHeader::compute_inner_hash(
            &next_header.inner_lite_bytes(),
            &next_header.inner_rest_bytes(),
        ),
        inner_rest_hash: hash(&header.inner_rest_bytes()),
        inner_lite: header.into(),
        next_bps: Some(trusted.epoch.next_validators.iter().cloned().map(Into::into).collect()),
        approvals_after_next: signing::approvals(chain, trusted, next, after_next),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use near_primitives::merkle::{PartialMerkleTree, verify_hash};

    #[test]
    fn paths_lead_to_the_root_that_headers_carry() {
        for blocks in 1..40_usize {
            let hashes: Vec<_> = (0..blocks).map(|i| hash(&i.to_le_bytes())).collect();
            let mut tree = PartialMerkleTree::default();
            hashes.iter().for_each(|hash| tree.insert(*hash));
            for position in 0..blocks {
                let path = path_to_root(hashes.clone(), position);
                assert!(verify_hash(tree.root(), &path, hashes[position]));
            }
        }
    }
}
