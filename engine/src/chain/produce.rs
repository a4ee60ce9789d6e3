//! Making a block: choosing its transactions, applying its chunk, writing it down.

use std::collections::HashSet;
use std::sync::Arc;

use near_primitives::block::Block as NearBlock;
use near_primitives::hash::CryptoHash;
use near_primitives::merkle::merklize;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{Balance, BlockHeight, Gas};

use super::Chain;
use super::block::{Applied, Block, StoredOutcome};
use super::epochs::{Epoch, Progress};
use super::header::{Body, Facts};
use super::schedule::{Choice, Chosen, Taken};
use crate::runtime::{self, BlockContext, ChunkInput, ChunkResult, ValidatorUpdate};
use crate::state::Overlay;

impl Chain {
    /// Makes the next block.
    pub fn produce_block(&mut self) {
        self.make_block(self.head.height + 1, Choice::Everything).expect("everything can be taken");
    }

    /// Makes the next block of exactly the transactions and receipts that were chosen.
    pub fn produce_block_of(&mut self, chosen: Chosen) -> Result<(), String> {
        self.make_block(self.head.height + 1, Choice::These(chosen))
    }

    /// Makes a block at `height`, skipping the heights before it. Where the choice is refused, nothing has changed.
    pub(super) fn make_block(&mut self, height: BlockHeight, choice: Choice) -> Result<(), String> {
        let prev = self.head.clone();
        let (candidates, taken) = self.take(choice)?;
        let (epoch, update) = self.epoch_at(&prev, height);
        let timestamp = self.next_timestamp(height);
        let random_value = self.next_random(height);
        let context =
            self.context(height, timestamp, random_value, prev.facts.next_gas_price, &epoch);
        let transactions = self.choose_transactions(&context, candidates);
        let incoming = taken.incoming;
        let patches = std::mem::take(&mut self.patches);
        let result = runtime::apply(
            &context,
            ChunkInput {
                state: prev.applied.state.clone(),
                transactions: &transactions,
                delayed: taken.delayed,
                incoming: &incoming,
                validators: update.as_ref(),
                patches: &patches,
            },
        );

        self.merkle.insert(prev.hash);
        let begins = !Arc::ptr_eq(&epoch, &prev.epoch);
        let minted = if begins { epoch.minted } else { Balance::ZERO };
        let next_bp_hash = if begins {
            near_primitives::block_header::compute_bp_hash_from_validator_stakes(
                &epoch.next_validators.to_vec(),
                true,
            )
        } else {
            prev.facts.next_bp_hash
        };
        let facts = Facts {
            protocol_version: context.version,
            prev_hash: prev.hash,
            prev_height: prev.height,
            timestamp,
            random_value,
            ordinal: prev.facts.ordinal + 1,
            next_gas_price: self.next_gas_price(&prev),
            total_supply: prev
                .facts
                .total_supply
                .saturating_add(minted)
                .saturating_sub(prev.applied.balance_burnt),
            gas_limit: context.gas_limit,
            last_final_block: prev.last_final_block_for_height(height),
            last_ds_final_block: if height == prev.height + 1 {
                prev.hash
            } else {
                prev.facts.last_ds_final_block
            },
            next_bp_hash,
            block_merkle_root: self.merkle.root(),
            prev_state_root: prev.applied.state.root_hash(),
            body: Body::of(&transactions, &prev.applied),
            kept: None,
        };
        let (header, chunk_header) = facts.headers(height, &epoch);
        let block_hash = *header.hash();
        self.delayed = result.delayed;
        let applied = record(result, height, block_hash);
        self.queue.push(&applied.outgoing);
        self.progress.blocks += 1;
        let block = Arc::new(Block {
            hash: block_hash,
            height,
            chunk_hash: chunk_header.chunk_hash().0,
            facts,
            transactions,
            incoming,
            applied,
            epoch,
        });
        self.note(&block, &patches);
        self.add_block(block);
        if begins {
            self.forget_old_epochs();
        }
        Ok(())
    }

    /// As nearcore's garbage collection, where the node's configuration asks for it: blocks of epochs long past go, with what
    /// ran in them and their states. Genesis stays.
    fn forget_old_epochs(&mut self) {
        let Some(keep) = self.node().gc_num_epochs_to_keep else { return };
        let (epoch, last_final) = (self.head.epoch.height, self.final_head().height);
        self.blocks
            .forget_before(|block| block.epoch.height + keep > epoch || block.height >= last_final);
    }

    /// Takes what was chosen out of the pool and of the queue of receipts.
    fn take(&mut self, choice: Choice) -> Result<(Vec<Arc<SignedTransaction>>, Taken), String> {
        match choice {
            Choice::Everything => Ok((self.pool.drain(), self.queue.take_all())),
            Choice::These(chosen) => {
                self.pool.check(&chosen.transactions)?;
                let delayed = super::pending::delayed(&self.head.applied.state);
                let taken = self.queue.take(&chosen, &delayed)?;
                Ok((self.pool.take(&chosen.transactions), taken))
            }
        }
    }

    /// The epoch of the block at `height`, and what is paid when it is the epoch's first. Takes up the proposals of the
    /// chunk before: the header of this block is where they are seen.
    fn epoch_at(
        &mut self,
        prev: &Arc<Block>,
        height: BlockHeight,
    ) -> (Arc<Epoch>, Option<ValidatorUpdate>) {
        let config = &self.settings.genesis;
        let proposals = prev.applied.proposals.clone();
        let timestamp = prev.facts.timestamp;
        let fresh = Progress { first_timestamp: timestamp, ..Progress::default() };
        let (epoch, update) = if prev.height == self.genesis_block.height {
            self.progress = fresh;
            (Arc::new(prev.epoch.first(prev.hash)), None)
        } else if prev.epoch.ends(self.final_head().height, config) {
            let (next, update) = prev.epoch.following(
                config,
                &self.progress,
                prev.hash,
                timestamp,
                height,
                prev.facts.total_supply,
                &proposals,
            );
            self.progress = fresh;
            (Arc::new(next), Some(update))
        } else {
            (prev.epoch.clone(), None)
        };
        for proposal in proposals {
            self.progress.proposals.insert(proposal.account_id().clone(), proposal);
        }
        (epoch, update)
    }

    fn next_gas_price(&self, prev: &Block) -> Balance {
        let config = &self.settings.genesis;
        NearBlock::compute_next_gas_price_checked(
            prev.facts.next_gas_price,
            prev.applied.gas_used,
            config.gas_limit,
            config.gas_price_adjustment_rate,
            config.min_gas_price,
            config.max_gas_price,
        )
        .unwrap_or(prev.facts.next_gas_price)
    }

    /// Keeps what fits and is valid now; what has become invalid vanishes, as nearcore's producer drops it.
    fn choose_transactions(
        &mut self,
        context: &BlockContext,
        candidates: Vec<Arc<SignedTransaction>>,
    ) -> Vec<Arc<SignedTransaction>> {
        if candidates.is_empty() {
            return Vec::new();
        }
        let limits = &context.config;
        let size_limit = limits.witness_config.combined_transactions_size_limit as u64;
        let gas_limit = limits.congestion_control_config.max_tx_gas;
        let mut state = Overlay::for_view(self.head.applied.state.clone());
        let (mut chosen, mut rest) = (Vec::new(), Vec::new());
        let (mut size, mut gas) = (0, Gas::ZERO);
        let mut seen = HashSet::new();
        for tx in candidates {
            if gas >= gas_limit || size + tx.get_size() > size_limit {
                rest.push(tx);
                continue;
            }
            let hash = tx.get_hash();
            let burnt = (self.check_validity(&tx).is_ok() && seen.insert(hash))
                .then(|| {
                    let body = &tx.transaction;
                    let cost =
                        runtime::transaction_cost(&context.config, body, context.gas_price).ok()?;
                    runtime::verify_and_charge(
                        &context.config,
                        &mut state,
                        body,
                        &cost,
                        Some(context.height),
                    )
                    .ok()?;
                    Some(cost.gas_burnt)
                })
                .flatten();
            match burnt {
                Some(burnt) => {
                    state.commit(near_primitives::types::StateChangeCause::TransactionProcessing {
                        tx_hash: hash,
                    });
                    gas = gas.saturating_add(burnt);
                    size += tx.get_size();
                    chosen.push(tx);
                }
                None => state.rollback(),
            }
        }
        self.pool.put_back(rest);
        chosen
    }
}

/// Writes down what ran.
fn record(result: ChunkResult, height: BlockHeight, block_hash: CryptoHash) -> Applied {
    let hashes: Vec<Vec<CryptoHash>> =
        result.outcomes.iter().map(|outcome| outcome.to_hashes()).collect();
    let (outcome_root, proofs) = merklize(&hashes);
    let outcomes = result.outcomes.into_iter().zip(proofs).map(|(outcome, proof)| {
        Arc::new(StoredOutcome { outcome, block_hash, block_height: height, proof })
    });
    Applied {
        state: result.state,
        outcomes: outcomes.collect(),
        outcome_root,
        gas_used: result.gas_used,
        balance_burnt: result.burnt,
        proposals: result.proposals,
        created: result.created,
        outgoing: result.outgoing,
        changes: Arc::new(result.changes),
    }
}
