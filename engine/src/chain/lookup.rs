//! Finding what a chain has: blocks, transactions, receipts, and what came of them.

use std::sync::Arc;

use near_primitives::hash::CryptoHash;
use near_primitives::receipt::Receipt;
use near_primitives::types::BlockHeight;

use super::Chain;
use super::block::{Block, Item, StoredOutcome, StoredTransaction};

impl Chain {
    /// The newest block.
    pub fn head(&self) -> &Arc<Block> {
        &self.head
    }

    pub fn genesis_block(&self) -> &Arc<Block> {
        &self.genesis_block
    }

    /// The newest final block (`last_final_block` of the head).
    pub fn final_head(&self) -> &Arc<Block> {
        self.known(&self.head.facts.last_final_block)
    }

    /// `near-final` (`last_ds_final_block` of the head).
    pub fn near_final_head(&self) -> &Arc<Block> {
        self.known(&self.head.facts.last_ds_final_block)
    }

    /// Headers of the first blocks name no final block: that is genesis.
    fn known(&self, hash: &CryptoHash) -> &Arc<Block> {
        self.block_by_hash(hash).unwrap_or(&self.genesis_block)
    }

    pub fn block_at(&self, height: BlockHeight) -> Option<&Arc<Block>> {
        let genesis = Some(&self.genesis_block).filter(|genesis| genesis.height == height);
        self.blocks.at(height).or(genesis)
    }

    pub fn block_by_hash(&self, hash: &CryptoHash) -> Option<&Arc<Block>> {
        let found = self.blocks.find(hash, |block, item| {
            (matches!(item, Item::Block) && block.hash == *hash).then_some(block)
        });
        found.or_else(|| Some(&self.genesis_block).filter(|genesis| genesis.hash == *hash))
    }

    /// The block that holds this chunk.
    pub fn block_of_chunk(&self, hash: &CryptoHash) -> Option<&Arc<Block>> {
        self.blocks.find(hash, |block, item| {
            (matches!(item, Item::Chunk) && block.chunk_hash == *hash).then_some(block)
        })
    }

    /// The oldest block that is kept, of those from which on all are.
    pub fn earliest_block(&self) -> &Arc<Block> {
        self.blocks.iter().next().unwrap_or(&self.head)
    }

    /// All blocks that are kept, oldest first.
    pub fn all_blocks(&self) -> impl DoubleEndedIterator<Item = &Arc<Block>> {
        self.blocks.iter()
    }

    pub fn outcome(&self, id: &CryptoHash) -> Option<&Arc<StoredOutcome>> {
        self.blocks.find(id, |_, item| match item {
            Item::Outcome(stored) if stored.outcome.id == *id => Some(stored),
            _ => None,
        })
    }

    /// A transaction that is in a block or waits for one.
    pub fn transaction(&self, hash: &CryptoHash) -> Option<StoredTransaction<'_>> {
        let included = self.blocks.find(hash, |block, item| match item {
            Item::Transaction(signed) if signed.hash() == hash => {
                Some(StoredTransaction { signed, block: Some(block) })
            }
            _ => None,
        });
        included
            .or_else(|| self.pool.get(hash).map(|signed| StoredTransaction { signed, block: None }))
    }

    /// Any receipt that was created, executed or not, data receipts included.
    pub fn receipt(&self, id: &CryptoHash) -> Option<&Arc<Receipt>> {
        self.blocks.find(id, |_, item| match item {
            Item::Receipt(receipt) if receipt.receipt_id() == id => Some(receipt),
            _ => None,
        })
    }
}
