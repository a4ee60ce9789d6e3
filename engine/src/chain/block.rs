//! What the chain remembers of a block and of everything that ran in it.

use std::sync::Arc;

use near_primitives::block_header::BlockHeader;
use near_primitives::hash::CryptoHash;
use near_primitives::merkle::MerklePath;
use near_primitives::receipt::Receipt;
use near_primitives::sharding::ShardChunkHeader;
use near_primitives::transaction::{ExecutionOutcomeWithId, SignedTransaction};
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{Balance, BlockHeight, EpochId, Gas, RawStateChangesWithTrieKey};

use super::epochs::Epoch;
use crate::state::Trie;

/// A block with its chunk, applied: nearcore applies the chunk of a block when it processes the block.
pub struct Block {
    pub header: BlockHeader,
    pub chunk_header: ShardChunkHeader,
    /// The transactions of the chunk, in order of execution.
    pub transactions: Vec<Arc<SignedTransaction>>,
    /// The receipts of the chunk's body: those that the previous chunk sent out.
    pub incoming: Vec<Arc<Receipt>>,
    /// What applying the chunk gave.
    pub applied: Applied,
    /// The epoch that the block belongs to.
    pub epoch: Arc<Epoch>,
    /// Root of the tree over the hashes of all blocks up to this one (for light clients).
    pub hash: CryptoHash,
    pub height: BlockHeight,
}

/// The result of applying one chunk.
#[derive(Clone, Default)]
pub struct Applied {
    /// The state afterwards; its root is what the *next* block's header calls `prev_state_root`.
    pub state: Trie,
    /// Ids of what ran, in order: transactions, local receipts, delayed ones, incoming ones.
    pub outcome_ids: Vec<CryptoHash>,
    pub outcome_root: CryptoHash,
    pub gas_used: Gas,
    pub balance_burnt: Balance,
    pub proposals: Vec<ValidatorStake>,
    pub outgoing: Vec<Arc<Receipt>>,
    pub changes: Arc<Vec<RawStateChangesWithTrieKey>>,
}

/// One executed transaction or receipt.
pub struct StoredOutcome {
    pub outcome: ExecutionOutcomeWithId,
    pub block_hash: CryptoHash,
    pub block_height: BlockHeight,
    /// From the outcome to the chunk's outcome root.
    pub proof: MerklePath,
}

/// A transaction that the chain has taken up.
pub struct StoredTransaction {
    pub signed: Arc<SignedTransaction>,
    /// The block that holds it; `None` while it waits in the pool.
    pub block: Option<(BlockHeight, CryptoHash)>,
}

impl Block {
    pub fn epoch_id(&self) -> &EpochId {
        self.header.epoch_id()
    }
}
