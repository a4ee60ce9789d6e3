//! What the chain remembers of a block and of everything that ran in it.

use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::hash::CryptoHash;
use near_primitives::merkle::MerklePath;
use near_primitives::receipt::Receipt;
use near_primitives::transaction::{ExecutionOutcomeWithId, SignedTransaction};
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{Balance, BlockHeight, EpochId, Gas};

use super::epochs::Epoch;
use super::header::Facts;
use crate::state::{Changes, Trie};

/// A block with its chunk, applied: nearcore applies the chunk of a block when it processes the block.
pub struct Block {
    pub hash: CryptoHash,
    pub height: BlockHeight,
    pub chunk_hash: CryptoHash,
    /// What its headers say beyond that.
    pub facts: Facts,
    /// The transactions of the chunk, in order of execution.
    pub transactions: Vec<Arc<SignedTransaction>>,
    /// The receipts of the chunk's body: those that the previous chunk sent out, unless blocks are made step by step.
    pub incoming: Vec<Arc<Receipt>>,
    /// What applying the chunk gave.
    pub applied: Applied,
    /// The epoch that the block belongs to.
    pub epoch: Arc<Epoch>,
}

/// The result of applying one chunk.
#[derive(Clone, Default)]
pub struct Applied {
    /// The state afterwards; its root is what the *next* block's header calls `prev_state_root`.
    pub state: Trie,
    /// What ran, in order: transactions, local receipts, delayed ones, incoming ones.
    pub outcomes: Vec<Arc<StoredOutcome>>,
    pub outcome_root: CryptoHash,
    pub gas_used: Gas,
    pub balance_burnt: Balance,
    pub proposals: Vec<ValidatorStake>,
    /// Every receipt that was made here, those that ran here at once included.
    pub created: Vec<Arc<Receipt>>,
    /// The receipts that it sent out; the next block's `incoming`, unless blocks are made step by step.
    pub outgoing: Vec<Arc<Receipt>>,
    pub changes: Arc<Changes>,
}

/// One executed transaction or receipt.
#[derive(Clone, BorshSerialize, BorshDeserialize)]
pub struct StoredOutcome {
    pub outcome: ExecutionOutcomeWithId,
    pub block_hash: CryptoHash,
    pub block_height: BlockHeight,
    /// From the outcome to the chunk's outcome root.
    pub proof: MerklePath,
}

/// A transaction that the chain has taken up.
pub struct StoredTransaction<'a> {
    pub signed: &'a Arc<SignedTransaction>,
    /// The block that holds it; `None` while it waits in the pool.
    pub block: Option<&'a Arc<Block>>,
}

/// What a block has that goes by a hash or an id.
pub enum Item<'a> {
    Block,
    Chunk,
    Transaction(&'a Arc<SignedTransaction>),
    Outcome(&'a Arc<StoredOutcome>),
    Receipt(&'a Arc<Receipt>),
}

impl Block {
    pub fn epoch_id(&self) -> &EpochId {
        &self.epoch.id
    }

    /// The hashes and ids of everything in the block. (A transaction and its outcome have the same.)
    pub fn ids(&self) -> impl Iterator<Item = &CryptoHash> {
        let Applied { outcomes, created, .. } = &self.applied;
        [&self.hash, &self.chunk_hash]
            .into_iter()
            .chain(self.transactions.iter().map(|tx| tx.hash()))
            .chain(outcomes.iter().map(|stored| &stored.outcome.id))
            .chain(created.iter().map(|receipt| receipt.receipt_id()))
    }

    /// What the id at this place of [`Block::ids`] belongs to.
    pub fn item(&self, place: usize) -> Item<'_> {
        let Applied { outcomes, created, .. } = &self.applied;
        let Some(place) = place.checked_sub(2) else {
            return if place == 0 { Item::Block } else { Item::Chunk };
        };
        if let Some(tx) = self.transactions.get(place) {
            return Item::Transaction(tx);
        }
        let place = place - self.transactions.len();
        match outcomes.get(place) {
            Some(outcome) => Item::Outcome(outcome),
            None => Item::Receipt(&created[place - outcomes.len()]),
        }
    }
}
