//! What each block was made of, so that the same chain can be made again from its genesis.
//!
//! A block follows from the chain before it and from four things: its height, its time, its transactions, and the records
//! that were patched in. Whoever keeps these has the chain, in a few bytes a block.

use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::SignedTransaction;
use near_primitives::trie_key::col;
use near_primitives::types::BlockHeight;

use super::{Block, Chain, Choice};
use crate::guard::{again, catch};

#[derive(BorshSerialize, BorshDeserialize)]
struct Input {
    height: BlockHeight,
    timestamp: u64,
    transactions: Vec<SignedTransaction>,
    /// As JSON; empty where there are none.
    patches: String,
}

impl Chain {
    /// From now on notes what each block is made of.
    pub fn keep_journal(&mut self) {
        self.journal.get_or_insert_default();
    }

    /// What was noted since the last time: an entry per block, oldest first, with its height.
    pub fn take_journal(&mut self) -> Vec<(BlockHeight, Vec<u8>)> {
        self.journal.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(super) fn note(&mut self, block: &Block, patches: &[StateRecord]) {
        let Some(journal) = &mut self.journal else { return };
        let patches = if patches.is_empty() {
            String::new()
        } else {
            serde_json::to_string(patches).expect("records have a JSON form")
        };
        let input = Input {
            height: block.height,
            timestamp: block.facts.timestamp,
            transactions: block.transactions.iter().map(|tx| tx.as_ref().clone()).collect(),
            patches,
        };
        journal.push((block.height, borsh::to_vec(&input).expect("borsh into memory cannot fail")));
    }

    /// Makes the block of an entry again.
    pub fn replay(&mut self, entry: &[u8]) -> Result<(), String> {
        let input = Input::try_from_slice(entry)
            .map_err(|error| format!("an entry of the journal cannot be read: {error}"))?;
        if input.height <= self.height() {
            return Err(format!(
                "the journal holds block {} where the chain has {} already",
                input.height,
                self.height()
            ));
        }
        if !input.patches.is_empty() {
            let records = serde_json::from_str(&input.patches)
                .map_err(|error| format!("the patch of block {}: {error}", input.height))?;
            self.patch_state(records)?;
        }
        for tx in input.transactions {
            self.pool.add(tx.into());
        }
        self.set_next_timestamp(input.timestamp)?;
        // What made the engine panic then was taken out of that chain, and is in no entry.
        let before = self.clone();
        catch(|| self.make_block(input.height, Choice::Everything)).unwrap_or_else(|panicked| {
            *self = before;
            if self.take_out_defects().is_empty() {
                again(panicked)
            }
            self.make_block(input.height, Choice::Everything)
        })
    }

    /// All accounts, keys, code and data as they are after the newest block, as a genesis holds them.
    pub fn records(&self) -> Vec<StateRecord> {
        let state = &self.head.applied.state;
        // Only these, and nothing else is given to nearcore: it writes of columns that it does not know to standard output.
        [col::ACCOUNT, col::CONTRACT_CODE, col::ACCESS_KEY, col::CONTRACT_DATA]
            .into_iter()
            .flat_map(|column| state.iter_prefix(&[column], None))
            .filter_map(|(key, value)| StateRecord::from_raw_key_value(&key, value.to_vec()))
            .collect()
    }
}
