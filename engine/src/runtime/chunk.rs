//! One chunk, from the previous state to the next: runtime_spec 2.1, 2.2, 2.5, 9.2.

pub mod alone;
mod convert;
mod idle;
mod waiting;

use std::collections::VecDeque;
use std::sync::Arc;

use near_primitives::bandwidth_scheduler::{
    BandwidthSchedulerState, BandwidthSchedulerStateV1, LinkAllowance,
};
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{Receipt, VersionedReceiptEnum};
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::{ExecutionOutcomeWithId, SignedTransaction};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{Balance, Gas, ShardId, StateChangeCause};

use super::action::plus;
use super::context::BlockContext;
use super::fees;
use super::queues::{self, Waiting};
use super::validators::ValidatorUpdate;
use super::{balance, global_contracts, patch, receipt};
use crate::state::{Changes, Overlay, Trie, Value};

/// What a chunk is made of.
pub struct ChunkInput<'a> {
    pub state: Trie,
    pub transactions: &'a [Arc<SignedTransaction>],
    /// The most receipts that are taken from the queue of delayed ones.
    pub delayed: u64,
    /// The receipts that arrive, in the order in which they run.
    pub incoming: &'a [Arc<Receipt>],
    /// In the first block of an epoch: rewards and returned stakes.
    pub validators: Option<&'a ValidatorUpdate>,
    /// Records that `sandbox_patch_state` has left for this block.
    pub patches: &'a [StateRecord],
}

/// What came of it.
pub struct ChunkResult {
    pub state: Trie,
    pub outcomes: Vec<ExecutionOutcomeWithId>,
    pub outgoing: Vec<Arc<Receipt>>,
    /// Every receipt that was made here, those of local transactions and instant ones included.
    pub created: Vec<Arc<Receipt>>,
    pub gas_used: Gas,
    pub burnt: Balance,
    pub proposals: Vec<ValidatorStake>,
    pub changes: Changes,
    /// Receipts wait for room in the next chunk.
    pub delayed: bool,
}

/// Applies a chunk.
pub fn apply(block: &BlockContext, input: ChunkInput<'_>) -> ChunkResult {
    idle::apply(block, &input).unwrap_or_else(|| apply_busy(block, &input))
}

fn apply_busy(block: &BlockContext, input: &ChunkInput<'_>) -> ChunkResult {
    let mut chunk = Chunk::new(block, input.state.clone());
    if let Some(update) = input.validators {
        let minted = update.apply(&mut chunk.state);
        chunk.minted = plus(chunk.minted, minted);
    }
    chunk.bandwidth();
    let local = chunk.transactions(input.transactions);
    for receipt in &local {
        chunk.take(receipt);
    }
    let mut left = input.delayed;
    while left > 0
        && !chunk.full()
        && let Some(receipt) = queues::pop_delayed(&mut chunk.state)
    {
        left -= 1;
        chunk.state.commit(StateChangeCause::UpdatedDelayedReceipts);
        chunk.run(&receipt);
    }
    for receipt in input.incoming {
        chunk.take(receipt);
    }
    chunk.time_outs();
    balance::check(
        block,
        &input.state,
        &chunk.state,
        input.incoming,
        &chunk.outgoing,
        chunk.minted,
        chunk.burnt,
    );
    patch::apply(&mut chunk.state, input.patches);
    let delayed = queues::any_delayed(&chunk.state);
    let (state, changes) = chunk.state.finish();
    ChunkResult {
        state,
        outcomes: chunk.outcomes,
        outgoing: chunk.outgoing,
        created: chunk.created,
        gas_used: chunk.gas_used,
        burnt: chunk.burnt.saturating_sub(chunk.minted),
        proposals: chunk.proposals,
        changes,
        delayed,
    }
}

struct Chunk<'a> {
    block: &'a BlockContext,
    state: Overlay,
    outcomes: Vec<ExecutionOutcomeWithId>,
    outgoing: Vec<Arc<Receipt>>,
    created: Vec<Arc<Receipt>>,
    instant: VecDeque<Arc<Receipt>>,
    gas_used: Gas,
    compute: u64,
    burnt: Balance,
    minted: Balance,
    proposals: Vec<ValidatorStake>,
}

impl<'a> Chunk<'a> {
    fn new(block: &'a BlockContext, state: Trie) -> Self {
        Chunk {
            block,
            state: Overlay::new(state),
            outcomes: Vec::new(),
            outgoing: Vec::new(),
            created: Vec::new(),
            instant: VecDeque::new(),
            gas_used: Gas::ZERO,
            compute: 0,
            burnt: Balance::ZERO,
            minted: Balance::ZERO,
            proposals: Vec::new(),
        }
    }
}

impl Chunk<'_> {
    /// No further receipt begins once the chunk has done this much.
    fn full(&self) -> bool {
        self.compute >= self.block.gas_limit.as_gas()
            || self.state.proof_size()
                > self.block.config.witness_config.main_storage_proof_size_soft_limit as usize
    }

    fn count(&mut self, gas: Gas, compute: u64) {
        self.gas_used = self.gas_used.checked_add(gas).expect("gas of a chunk fits");
        self.compute += compute;
    }

    /// Runs a receipt, or puts it off where the chunk is full.
    fn take(&mut self, receipt: &Receipt) {
        if self.full() {
            let gas = fees::congestion_gas(&self.block.config, receipt);
            queues::delay(&mut self.state, receipt, gas);
            self.state.commit(StateChangeCause::UpdatedDelayedReceipts);
        } else {
            self.run(receipt);
        }
    }

    /// Processes a receipt and then the instant ones that it made.
    fn run(&mut self, receipt: &Receipt) {
        self.process(receipt);
        while let Some(instant) = self.instant.pop_front() {
            self.process(&instant);
        }
    }

    fn process(&mut self, receipt: &Receipt) {
        match receipt.versioned_receipt() {
            VersionedReceiptEnum::Action(action) => self.action(receipt, &action),
            VersionedReceiptEnum::Data(data) => self.data(receipt, &data),
            VersionedReceiptEnum::PromiseYield(action) => {
                let rows = Waiting { receiver_id: receipt.receiver_id() };
                self.state.set(rows.yielded(action.input_data_ids()[0]), receipt);
                self.postponed(receipt);
            }
            VersionedReceiptEnum::PromiseResume(data) => self.resume(receipt, &data),
            VersionedReceiptEnum::GlobalContractDistribution(distribution) => {
                self.compute +=
                    global_contracts::distribute(self.block, &mut self.state, &distribution);
                self.state.commit(StateChangeCause::ReceiptProcessing {
                    receipt_hash: receipt.get_hash(),
                });
            }
        }
    }

    fn execute(&mut self, receipt: &Receipt) {
        if self.block.panics_at.as_ref() == Some(receipt.receiver_id()) {
            panic!("receipt {} ran at {}", receipt.receipt_id(), receipt.receiver_id());
        }
        let action = match receipt.versioned_receipt() {
            VersionedReceiptEnum::Action(action) | VersionedReceiptEnum::PromiseYield(action) => {
                action
            }
            _ => unreachable!("only action receipts wait for data"),
        };
        let done = receipt::execute(self.block, &mut self.state, receipt, &action);
        self.count(done.outcome.outcome.gas_burnt, done.compute);
        self.burnt = plus(self.burnt, done.burnt);
        self.minted = plus(self.minted, done.minted);
        self.proposals.extend(done.proposals);
        self.outcomes.push(done.outcome);
        for new in done.new_receipts {
            self.send(new);
        }
    }

    fn send(&mut self, new: Receipt) {
        let new = Arc::new(new);
        self.created.push(new.clone());
        if new.is_instant_receipt() {
            self.instant.push_back(new);
        } else {
            self.outgoing.push(new);
        }
    }

    fn bandwidth(&mut self) {
        let (key, value) = (TrieKey::BandwidthSchedulerState, bandwidth(self.block));
        self.state.set_raw(key, value);
        self.state.commit(StateChangeCause::BandwidthSchedulerStateUpdate);
    }
}

/// nearcore's bandwidth scheduler writes its row in every chunk; with one shard nothing depends on it but the root.
fn bandwidth(block: &BlockContext) -> Value {
    let shard = ShardId::new(0);
    let state = BandwidthSchedulerState::V1(BandwidthSchedulerStateV1 {
        link_allowances: vec![LinkAllowance {
            sender: shard,
            receiver: shard,
            allowance: block.config.bandwidth_scheduler_config.max_allowance,
        }],
        sanity_check_hash: CryptoHash::hash_borsh(block.height),
    });
    borsh::to_vec(&state).expect("borsh into memory cannot fail").into()
}
