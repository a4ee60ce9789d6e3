//! A chain as bytes, for another process or another machine: everything that it is.
//!
//! States are not written one by one: the first one is, and then what each block changed, from which the others are made
//! again, sharing what they share. The compiled contracts are left out; whoever loads the chain has a cache of its own.

use std::collections::HashMap;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use near_chain_configs::GenesisConfig;
use near_primitives::block_header::BlockHeader;
use near_primitives::hash::CryptoHash;
use near_primitives::merkle::PartialMerkleTree;
use near_primitives::receipt::Receipt;
use near_primitives::sharding::ShardChunkHeader;
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{Balance, Gas};

use super::block::{Applied, Block, StoredOutcome};
use super::blocks::Blocks;
use super::epochs::{Epoch, Progress};
use super::header::Facts;
use super::pool::Pool;
use super::schedule::Queue;
use super::time::Timing;
use super::{Chain, Options, Settings, file, runtime_config};
use crate::guard;
use crate::state::{Changes, Entry, Trie};

#[derive(BorshSerialize, BorshDeserialize)]
struct Saved {
    /// The engine that has saved it.
    engine: String,
    /// What the caller wants to find again.
    note: Vec<u8>,
    /// The genesis configuration, as JSON.
    genesis: String,
    first_state: Vec<Entry>,
    /// Hash of the root of the newest state.
    state_root: CryptoHash,
    epochs: Vec<Arc<Epoch>>,
    blocks: Vec<SavedBlock>,
    pool: Vec<Arc<SignedTransaction>>,
    queue: Vec<CryptoHash>,
    /// As JSON.
    patches: String,
    delayed: bool,
    progress: Progress,
    merkle: PartialMerkleTree,
    timing: Timing,
}

/// A block; receipts stand where they were made, and elsewhere by their ids; the epoch by its place in the list.
#[derive(BorshSerialize, BorshDeserialize)]
struct SavedBlock {
    header: BlockHeader,
    chunk_header: ShardChunkHeader,
    transactions: Vec<Arc<SignedTransaction>>,
    incoming: Vec<CryptoHash>,
    outcomes: Vec<Arc<StoredOutcome>>,
    outcome_root: CryptoHash,
    gas_used: Gas,
    balance_burnt: Balance,
    proposals: Vec<ValidatorStake>,
    created: Vec<Arc<Receipt>>,
    outgoing: Vec<CryptoHash>,
    changes: Arc<Changes>,
    epoch: u32,
}

impl Chain {
    /// The chain as the bytes of a file, with a `note` of the caller's.
    pub fn save(&self, note: &[u8]) -> Result<Vec<u8>, String> {
        let json = |error: serde_json::Error| format!("the chain cannot be saved: {error}");
        if self.earliest_block().height > self.genesis_block.height {
            return Err(
                "this chain forgets old blocks (gc_num_epochs_to_keep), and a file holds all of them: it cannot be saved"
                    .to_owned(),
            );
        }
        let mut epochs: Vec<Arc<Epoch>> = Vec::new();
        let mut blocks = Vec::new();
        for block in self.all_blocks() {
            if epochs.last().is_none_or(|last| !Arc::ptr_eq(last, &block.epoch)) {
                epochs.push(block.epoch.clone());
            }
            blocks.push(SavedBlock::of(block, epochs.len() as u32 - 1));
        }
        let saved = Saved {
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            note: note.to_vec(),
            genesis: serde_json::to_string(self.genesis()).map_err(json)?,
            first_state: self.genesis_block.applied.state.iter_prefix(&[], None).collect(),
            state_root: self.head.applied.state.root_hash(),
            epochs,
            blocks,
            pool: self.pool.waiting().to_vec(),
            queue: ids(self.queue.iter()),
            patches: serde_json::to_string(&self.patches).map_err(json)?,
            delayed: self.delayed,
            progress: self.progress.clone(),
            merkle: self.merkle.clone(),
            timing: self.timing.clone(),
        };
        let contents = borsh::to_vec(&saved).map_err(|error| error.to_string())?;
        Ok(file::seal(&contents))
    }

    /// The chain in the bytes of a file, to be run with `options`; and the note.
    pub fn load(bytes: &[u8], options: Options) -> Result<(Chain, Vec<u8>), String> {
        let contents = file::open(bytes)?;
        let saved: Saved = borsh::from_slice(contents)
            .map_err(|error| format!("the saved chain cannot be read: {error}"))?;
        saved.restore(options)
    }
}

impl SavedBlock {
    fn of(block: &Block, epoch: u32) -> SavedBlock {
        let applied = &block.applied;
        SavedBlock {
            header: block.header(),
            chunk_header: block.chunk_header(),
            transactions: block.transactions.clone(),
            incoming: ids(block.incoming.iter()),
            outcomes: applied.outcomes.clone(),
            outcome_root: applied.outcome_root,
            gas_used: applied.gas_used,
            balance_burnt: applied.balance_burnt,
            proposals: applied.proposals.clone(),
            created: applied.created.clone(),
            outgoing: ids(applied.outgoing.iter()),
            changes: applied.changes.clone(),
            epoch,
        }
    }
}

fn ids<'a>(receipts: impl Iterator<Item = &'a Arc<Receipt>>) -> Vec<CryptoHash> {
    receipts.map(|receipt| *receipt.receipt_id()).collect()
}

/// Where a part refers to another that is not there.
fn lost(what: &str, id: impl std::fmt::Display) -> String {
    format!("the saved chain contradicts itself: {what} {id} is not in it")
}

/// What blocks refer to.
struct Parts {
    epochs: Vec<Arc<Epoch>>,
    /// Those of the blocks so far.
    receipts: HashMap<CryptoHash, Arc<Receipt>>,
}

impl Parts {
    fn receipts(&self, ids: &[CryptoHash]) -> Result<Vec<Arc<Receipt>>, String> {
        ids.iter()
            .map(|id| self.receipts.get(id).cloned().ok_or_else(|| lost("receipt", id)))
            .collect()
    }

    /// The next block, and the state after it.
    fn block(&mut self, saved: SavedBlock, state: Trie) -> Result<Arc<Block>, String> {
        for receipt in &saved.created {
            self.receipts.insert(*receipt.receipt_id(), receipt.clone());
        }
        let epoch = self.epochs.get(saved.epoch as usize);
        let epoch = epoch.cloned().ok_or_else(|| lost("epoch", saved.epoch))?;
        Ok(Arc::new(Block {
            hash: *saved.header.hash(),
            height: saved.header.height(),
            chunk_hash: saved.chunk_header.chunk_hash().0,
            transactions: saved.transactions,
            incoming: self.receipts(&saved.incoming)?,
            applied: Applied {
                state,
                outcomes: saved.outcomes,
                outcome_root: saved.outcome_root,
                gas_used: saved.gas_used,
                balance_burnt: saved.balance_burnt,
                proposals: saved.proposals,
                outgoing: self.receipts(&saved.outgoing)?,
                created: saved.created,
                changes: saved.changes,
            },
            facts: Facts::of(saved.header, saved.chunk_header, &epoch),
            epoch,
        }))
    }
}

impl Saved {
    fn restore(self, options: Options) -> Result<(Chain, Vec<u8>), String> {
        let unreadable =
            |error: serde_json::Error| format!("the saved chain cannot be read: {error}");
        let genesis: GenesisConfig = serde_json::from_str(&self.genesis).map_err(unreadable)?;
        super::genesis::check_version(genesis.protocol_version)?;
        let patches: Vec<StateRecord> = serde_json::from_str(&self.patches).map_err(unreadable)?;
        let runtime = runtime_config(&genesis);
        guard::prepare_engine(&runtime.wasm_config)?;
        let chain_id = Arc::from(genesis.chain_id.as_str());
        let mut parts = Parts { epochs: self.epochs, receipts: HashMap::new() };
        let mut state = Trie::default();
        for (key, value) in self.first_state {
            state.insert(&key, &value);
        }
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for saved in self.blocks {
            saved.changes.apply(&mut state);
            blocks.push(parts.block(saved, state.clone())?);
        }
        if state.root_hash() != self.state_root {
            return Err(lost("state", self.state_root));
        }
        let genesis_block = blocks.first().ok_or_else(|| lost("block", 0))?.clone();
        let mut chain = Chain {
            settings: Arc::new(Settings { genesis, runtime, chain_id, options }),
            head: genesis_block.clone(),
            genesis_block,
            blocks: Blocks::default(),
            pool: Pool::of(self.pool),
            queue: Queue::of(parts.receipts(&self.queue)?),
            patches,
            defects: Default::default(),
            panics_at: None,
            journal: None,
            delayed: self.delayed,
            progress: self.progress,
            merkle: self.merkle,
            timing: self.timing,
            paused: false,
        };
        for block in blocks {
            chain.add_block(block);
        }
        Ok((chain, self.note))
    }
}
