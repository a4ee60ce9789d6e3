//! The chain: blocks, transactions that wait, time, snapshots.

pub mod block;
pub mod epochs;
pub mod header;

use std::sync::Arc;

use near_chain_configs::GenesisConfig;
use near_primitives::errors::InvalidTxError;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::Receipt;
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{AccountId, BlockHeight, ProtocolVersion};
use near_vm_runner::ContractRuntimeCache;
use near_vm_runner::logic::errors::FunctionCallError;

pub use block::{Applied, Block, StoredOutcome, StoredTransaction};

/// Who asks for blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockMode {
    /// A sent transaction makes the blocks that it waits for.
    Auto,
    /// A ticker calls `produce_block`; requests wait.
    Interval,
    /// Somebody calls `produce_block` on demand; requests wait.
    Manual,
}

/// Where block times come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// A fixed step per height from the genesis time on.
    Steps,
    /// The wall clock, plus what was fast-forwarded.
    Wall,
}

/// How a chain is run.
#[derive(Clone)]
pub struct Options {
    pub blocks: BlockMode,
    pub clock: Clock,
    pub cache: Arc<dyn ContractRuntimeCache>,
}

/// What a view call gave.
pub struct ViewCall {
    pub result: Vec<u8>,
    pub logs: Vec<String>,
}

/// Why a view call gave nothing.
pub enum ViewCallError {
    AccountDoesNotExist,
    /// The contract's own failure, in the VM's type.
    Contract(FunctionCallError),
    Internal(String),
}

/// One chain. A clone is a pointer copy: that is what a snapshot is.
#[derive(Clone)]
pub struct Chain {}

impl Chain {
    pub fn new(_genesis_json: &str, _options: Options) -> Result<Chain, String> {
        todo!()
    }
    /// The parsed genesis configuration (without records).
    pub fn genesis(&self) -> &GenesisConfig {
        todo!()
    }
    pub fn mode(&self) -> BlockMode {
        todo!()
    }
    pub fn chain_id(&self) -> &str {
        todo!()
    }
    pub fn protocol_version(&self) -> ProtocolVersion {
        todo!()
    }
    pub fn height(&self) -> BlockHeight {
        todo!()
    }
    /// The newest block.
    pub fn head(&self) -> &Arc<Block> {
        todo!()
    }
    pub fn genesis_block(&self) -> &Arc<Block> {
        todo!()
    }
    /// The newest final block (`last_final_block` of the head).
    pub fn final_head(&self) -> &Arc<Block> {
        todo!()
    }
    /// `near-final` (`last_ds_final_block` of the head).
    pub fn near_final_head(&self) -> &Arc<Block> {
        todo!()
    }
    pub fn block_at(&self, _height: BlockHeight) -> Option<&Arc<Block>> {
        todo!()
    }
    pub fn block_by_hash(&self, _hash: &CryptoHash) -> Option<&Arc<Block>> {
        todo!()
    }
    /// The block that holds this chunk.
    pub fn block_of_chunk(&self, _hash: &CryptoHash) -> Option<&Arc<Block>> {
        todo!()
    }
    pub fn outcome(&self, _id: &CryptoHash) -> Option<&Arc<StoredOutcome>> {
        todo!()
    }
    pub fn transaction(&self, _hash: &CryptoHash) -> Option<&Arc<StoredTransaction>> {
        todo!()
    }
    /// Any receipt that was created, executed or not, data receipts included.
    pub fn receipt(&self, _id: &CryptoHash) -> Option<&Arc<Receipt>> {
        todo!()
    }
    /// The checks at RPC entry; a valid transaction goes to the pool. A hash that the pool or chain knows already is
    /// not special here: look first.
    pub fn submit(&mut self, _tx: SignedTransaction) -> Result<(), InvalidTxError> {
        todo!()
    }
    /// Whether further blocks can change anything by themselves: transactions in the pool, receipts on their way or
    /// delayed. False when nothing is left but yields that wait for somebody.
    pub fn in_flight(&self) -> bool {
        todo!()
    }
    pub fn produce_block(&mut self) {
        todo!()
    }
    /// Puts the records into the state at the end of the next block (produced here unless blocks come from a ticker).
    pub fn patch_state(&mut self, _records: Vec<StateRecord>) -> Result<(), String> {
        todo!()
    }
    /// Moves height, time and epochs forward as `sandbox_fast_forward` does.
    pub fn fast_forward(&mut self, _delta: u64) -> Result<(), String> {
        todo!()
    }
    /// Runs a view call on the state after `block`.
    pub fn view_call(
        &self,
        _block: &Block,
        _account_id: &AccountId,
        _method: &str,
        _args: &[u8],
    ) -> Result<ViewCall, ViewCallError> {
        todo!()
    }
    /// Number of blocks since genesis, itself included (`block_ordinal` of the head).
    pub fn blocks(&self) -> u64 {
        todo!()
    }
}
