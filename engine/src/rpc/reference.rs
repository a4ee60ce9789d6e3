//! Which block a request means.

use std::sync::Arc;

use near_primitives::types::{BlockId, BlockReference, Finality, MaybeBlockId, SyncCheckpoint};

use crate::chain::{Block, Chain};

/// The block of a reference. `None`: there is no such block, or it is forgotten.
pub fn block<'a>(chain: &'a Chain, reference: &BlockReference) -> Option<&'a Arc<Block>> {
    match reference {
        BlockReference::BlockId(id) => by_id(chain, id),
        BlockReference::Finality(Finality::None) => Some(chain.head()),
        BlockReference::Finality(Finality::DoomSlug) => Some(chain.near_final_head()),
        BlockReference::Finality(Finality::Final) => Some(chain.final_head()),
        BlockReference::SyncCheckpoint(SyncCheckpoint::Genesis) => Some(chain.genesis_block()),
        BlockReference::SyncCheckpoint(SyncCheckpoint::EarliestAvailable) => {
            Some(chain.earliest_block())
        }
    }
}

pub fn by_id<'a>(chain: &'a Chain, id: &BlockId) -> Option<&'a Arc<Block>> {
    match id {
        BlockId::Height(height) => chain.block_at(*height),
        BlockId::Hash(hash) => chain.block_by_hash(hash),
    }
}

/// The block of an id, the head without one.
pub fn by_maybe_id<'a>(chain: &'a Chain, id: &MaybeBlockId) -> Option<&'a Arc<Block>> {
    match id {
        Some(id) => by_id(chain, id),
        None => Some(chain.head()),
    }
}

/// How nearcore's database names what it did not find.
pub fn missing(id: &BlockId) -> String {
    match id {
        BlockId::Height(height) => format!("BLOCK HEIGHT: {height}"),
        BlockId::Hash(hash) => format!("BLOCK: {hash}"),
    }
}

/// The same for a reference; the others than block ids always lead to a block.
pub fn missing_reference(reference: &BlockReference) -> String {
    match reference {
        BlockReference::BlockId(id) => missing(id),
        other => format!("{other:?}"),
    }
}

/// A block and its predecessors, newest first, as far as they are kept.
pub fn ancestors<'a>(
    chain: &'a Chain,
    block: &'a Arc<Block>,
) -> impl Iterator<Item = &'a Arc<Block>> {
    std::iter::successors(Some(block), |block| chain.block_by_hash(&block.facts.prev_hash))
}

/// The block after this one, if there is one already.
pub fn next<'a>(chain: &'a Chain, block: &Block) -> Option<&'a Arc<Block>> {
    (block.height + 1..=chain.height()).find_map(|height| chain.block_at(height))
}
