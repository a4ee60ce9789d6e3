//! One chunk, from the previous state to the next: runtime_spec 2.1, 2.2, 2.5, 9.2.

pub mod alone;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use near_primitives::errors::InvalidTxError;
use near_primitives::hash::{CryptoHash, YieldId};
use near_primitives::receipt::{
    DataReceipt, PromiseYieldIndices, PromiseYieldTimeout, Receipt, ReceiptEnum, ReceiptV0,
    ReceivedData, VersionedActionReceipt, VersionedReceiptEnum,
};
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::{
    ExecutionMetadata, ExecutionOutcome, ExecutionOutcomeWithId, ExecutionStatus,
    SignedTransaction, ValidatedTransaction,
};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{Balance, Gas, PromiseYieldStatus, StateChangeCause};
use near_primitives::utils::{
    create_receipt_id_from_receipt_id, create_receipt_id_from_transaction,
};
use near_primitives::version::ProtocolFeature;

use super::action::plus;
use super::context::BlockContext;
use super::fees::{self, transaction_cost};
use super::queues::{self, Waiting};
use super::validators::ValidatorUpdate;
use super::verify::{Charged, verify_and_charge};
use super::{balance, global_contracts, patch, receipt};
use crate::state::{Changes, Overlay, Trie};

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

    /// Converts the transactions; gives back the receipts that are executed at once.
    fn transactions(&mut self, transactions: &[Arc<SignedTransaction>]) -> Vec<Arc<Receipt>> {
        let mut seen = HashSet::new();
        let mut local = Vec::new();
        for signed in transactions {
            if !seen.insert(signed.get_hash())
                && self.block.enabled(ProtocolFeature::UniqueChunkTransactions)
            {
                continue;
            }
            match self.convert(signed) {
                Ok(receipt) => {
                    let receipt = Arc::new(receipt);
                    self.created.push(receipt.clone());
                    if receipt.predecessor_id() == receipt.receiver_id() {
                        local.push(receipt);
                    } else {
                        self.outgoing.push(receipt);
                    }
                }
                Err(outcome) => {
                    self.state.rollback();
                    self.outcomes.push(*outcome);
                }
            }
        }
        local
    }

    fn convert(
        &mut self,
        signed: &Arc<SignedTransaction>,
    ) -> Result<Receipt, Box<ExecutionOutcomeWithId>> {
        let block = self.block;
        let failed = |error| Box::new(ExecutionOutcomeWithId::failed(signed, error));
        let tx = &signed.transaction;
        block
            .rules()
            .actions(tx.actions(), tx.receiver_id())
            .map_err(|error| failed(InvalidTxError::ActionsValidation(error)))?;
        // Its signature was checked when it came in, as nearcore checks it before the chunk.
        ValidatedTransaction::check_valid_for_config(&block.config, signed, block.version)
            .map_err(failed)?;
        let cost = transaction_cost(&block.config, tx, block.gas_price)
            .map_err(|_| failed(InvalidTxError::CostOverflow))?;
        let charged =
            verify_and_charge(&block.config, &mut self.state, tx, &cost, Some(block.height))
                .map_err(|error| {
                    failed(match error {
                        InvalidTxError::SignerDoesNotExist { signer_id } => {
                            InvalidTxError::InvalidSignerId { signer_id: signer_id.to_string() }
                        }
                        other => other,
                    })
                })?;
        let tx_hash = signed.get_hash();
        self.state.commit(StateChangeCause::TransactionProcessing { tx_hash });
        self.count(cost.gas_burnt, cost.compute);
        self.burnt = plus(self.burnt, cost.burnt_amount);
        if let Charged::DepositFailed { error, gas_burnt, burnt_amount } = charged {
            return Err(Box::new(ExecutionOutcomeWithId::failed_with_gas_burnt(
                signed,
                error,
                gas_burnt,
                burnt_amount,
            )));
        }
        let receipt_id = create_receipt_id_from_transaction(&tx_hash, block.height);
        self.outcomes.push(ExecutionOutcomeWithId {
            id: tx_hash,
            outcome: ExecutionOutcome {
                status: ExecutionStatus::SuccessReceiptId(receipt_id),
                logs: Vec::new(),
                receipt_ids: vec![receipt_id],
                gas_burnt: cost.gas_burnt,
                compute_usage: Some(cost.compute),
                tokens_burnt: cost.burnt_amount,
                executor_id: tx.signer_id().clone(),
                metadata: ExecutionMetadata::V1,
            },
        });
        Ok(Receipt::from_tx(
            receipt_id,
            tx.signer_id().clone(),
            tx.receiver_id().clone(),
            tx.public_key().clone(),
            cost.receipt_gas_price,
            tx.actions().to_vec(),
        ))
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

    fn postponed(&mut self, receipt: &Receipt) {
        self.state.commit(StateChangeCause::PostponedReceipt { receipt_hash: receipt.get_hash() });
    }

    /// Executes the receipt, or stores it until its inputs are there.
    fn action(&mut self, receipt: &Receipt, action: &VersionedActionReceipt<'_>) {
        let rows = Waiting { receiver_id: receipt.receiver_id() };
        let receipt_id = *receipt.receipt_id();
        let mut missing = 0u32;
        for data_id in action.input_data_ids() {
            if !self.state.contains(&rows.received(*data_id)) {
                missing += 1;
                self.state.set(rows.receipt_of(*data_id), &receipt_id);
            }
        }
        if missing == 0 {
            return self.execute(receipt);
        }
        self.state.set(rows.missing(receipt_id), &missing);
        self.state.set(rows.receipt(receipt_id), receipt);
        self.postponed(receipt);
    }

    /// Stores the data; the last piece executes the receipt that waits.
    fn data(&mut self, receipt: &Receipt, data: &DataReceipt) {
        let rows = Waiting { receiver_id: receipt.receiver_id() };
        self.state.set(rows.received(data.data_id), &ReceivedData { data: data.data.clone() });
        let Some(receipt_id) = self.state.get::<CryptoHash>(&rows.receipt_of(data.data_id)) else {
            return self.postponed(receipt);
        };
        self.state.remove(rows.receipt_of(data.data_id));
        let missing: u32 = self.state.get(&rows.missing(receipt_id)).expect("it waits");
        if missing > 1 {
            self.state.set(rows.missing(receipt_id), &(missing - 1));
            return self.postponed(receipt);
        }
        self.state.remove(rows.missing(receipt_id));
        let ready: Receipt = self.state.get(&rows.receipt(receipt_id)).expect("it waits");
        self.state.remove(rows.receipt(receipt_id));
        self.postponed(receipt);
        self.execute(&ready);
    }

    /// Ends a yield, with data or by time-out.
    fn resume(&mut self, receipt: &Receipt, data: &DataReceipt) {
        let rows = Waiting { receiver_id: receipt.receiver_id() };
        let status: Option<PromiseYieldStatus> = self.state.get(&rows.yield_status(data.data_id));
        if data.data.is_none() && status == Some(PromiseYieldStatus::ResumeInitiated) {
            // The contract was quicker; its data is on the way.
            return;
        }
        let Some(yielded) = self.state.get::<Receipt>(&rows.yielded(data.data_id)) else {
            return;
        };
        self.state.remove(rows.yielded(data.data_id));
        if status.is_some() {
            self.state.remove(rows.yield_status(data.data_id));
        }
        if let Some(yield_id) = self.state.get::<YieldId>(&rows.yield_id_of(data.data_id)) {
            self.state.remove(rows.yield_id_of(data.data_id));
            let receiver_id = receipt.receiver_id().clone();
            self.state.remove(TrieKey::YieldIdToDataId { receiver_id, yield_id });
        }
        self.state.set(rows.received(data.data_id), &ReceivedData { data: data.data.clone() });
        self.postponed(receipt);
        self.execute(&yielded);
    }

    fn execute(&mut self, receipt: &Receipt) {
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

    /// Yields whose time is up get a resume without data, which arrives in the next block.
    fn time_outs(&mut self) {
        let Some(mut indices) =
            self.state.get::<PromiseYieldIndices>(&TrieKey::PromiseYieldIndices)
        else {
            return;
        };
        let first = indices.first_index;
        let mut sent = 0;
        while indices.len() > 0 && !self.full() {
            let row = TrieKey::PromiseYieldTimeout { index: indices.first_index };
            let timeout: PromiseYieldTimeout = self.state.get(&row).expect("a queue without holes");
            if timeout.expires_at > self.block.height {
                break;
            }
            let rows = Waiting { receiver_id: &timeout.account_id };
            if self.state.contains(&rows.yielded(timeout.data_id)) {
                let id =
                    create_receipt_id_from_receipt_id(&timeout.data_id, self.block.height, sent);
                sent += 1;
                self.send(Receipt::V0(ReceiptV0 {
                    predecessor_id: timeout.account_id.clone(),
                    receiver_id: timeout.account_id.clone(),
                    receipt_id: id,
                    receipt: ReceiptEnum::PromiseResume(DataReceipt {
                        data_id: timeout.data_id,
                        data: None,
                    }),
                }));
            }
            self.state.remove(row);
            indices.first_index += 1;
        }
        if indices.first_index != first {
            self.state.set(TrieKey::PromiseYieldIndices, &indices);
            self.state.commit(StateChangeCause::UpdatedDelayedReceipts);
        }
    }

    /// nearcore's bandwidth scheduler writes its row in every chunk; with one shard nothing depends on it but the root.
    fn bandwidth(&mut self) {
        use near_primitives::bandwidth_scheduler::{
            BandwidthSchedulerState, BandwidthSchedulerStateV1, LinkAllowance,
        };
        let shard = near_primitives::types::ShardId::new(0);
        let state = BandwidthSchedulerState::V1(BandwidthSchedulerStateV1 {
            link_allowances: vec![LinkAllowance {
                sender: shard,
                receiver: shard,
                allowance: self.block.config.bandwidth_scheduler_config.max_allowance,
            }],
            sanity_check_hash: CryptoHash::hash_borsh(self.block.height),
        });
        self.state.set(TrieKey::BandwidthSchedulerState, &state);
        self.state.commit(StateChangeCause::BandwidthSchedulerStateUpdate);
    }
}
