//! What has not run yet, and what it waits for.

use std::collections::HashMap;

use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{
    DelayedReceiptIndices, PromiseYieldIndices, PromiseYieldTimeout, Receipt,
    ReceiptOrStateStoredReceipt, VersionedReceiptEnum,
};
use near_primitives::trie_key::{TrieKey, col};
use near_primitives::types::{AccountId, BlockHeight};
use near_primitives::views::{ReceiptView, SignedTransactionView};
use serde::Serialize;

use super::Chain;
use crate::state::Trie;

/// Everything that has not run yet.
#[derive(Serialize)]
pub struct Pending {
    /// Transactions in the pool, in the order in which a block would take them.
    transactions: Vec<SignedTransactionView>,
    /// Receipts on their way, oldest first.
    receipts: Vec<ReceiptView>,
    /// Receipts that found no room in their chunk, oldest first.
    delayed: Vec<ReceiptView>,
    /// Receipts that wait for data.
    postponed: Vec<Postponed>,
    /// Yields that wait to be resumed.
    yields: Vec<Yielded>,
}

#[derive(Serialize)]
struct Postponed {
    receipt: ReceiptView,
    waits_for: Vec<Missing>,
}

/// A piece of data that is not there yet.
#[derive(Serialize)]
struct Missing {
    data_id: CryptoHash,
    /// The receipt that brings the data, or whose result it will be; none where nothing that is pending makes it.
    from_receipt: Option<CryptoHash>,
    /// The account that this receipt runs on, or comes from.
    from_account: Option<AccountId>,
    /// The data is on its way.
    sent: bool,
}

#[derive(Serialize)]
struct Yielded {
    receipt: ReceiptView,
    data_id: CryptoHash,
    /// The height at which it is resumed without data.
    expires_at: Option<BlockHeight>,
}

/// Where a piece of data comes from.
#[derive(Clone)]
struct Source {
    receipt_id: CryptoHash,
    account_id: AccountId,
    sent: bool,
}

impl Chain {
    /// What has not run yet after the newest block.
    pub fn pending(&self) -> Pending {
        let state = &self.head.applied.state;
        let delayed = delayed(state);
        let postponed: Vec<Receipt> = rows(state, col::POSTPONED_RECEIPT);
        let yielded: Vec<Receipt> = rows(state, col::PROMISE_YIELD_RECEIPT);
        let queued = self.queue.iter().map(AsRef::as_ref);
        let sources = sources(queued.chain(&delayed).chain(&postponed).chain(&yielded));
        let time_outs = time_outs(state);
        Pending {
            transactions: self
                .pool
                .clone()
                .drain()
                .iter()
                .map(|tx| SignedTransactionView::from(tx.as_ref().clone()))
                .collect(),
            receipts: self.queue.iter().map(|receipt| view(receipt)).collect(),
            delayed: delayed.iter().map(view).collect(),
            postponed: postponed
                .iter()
                .map(|receipt| Postponed {
                    receipt: view(receipt),
                    waits_for: missing(state, receipt, &sources),
                })
                .collect(),
            yields: yielded
                .iter()
                .filter_map(|receipt| {
                    let data_id = *inputs(receipt).first()?;
                    let expires_at = time_outs.get(&data_id).copied();
                    Some(Yielded { receipt: view(receipt), data_id, expires_at })
                })
                .collect(),
        }
    }
}

fn view(receipt: &Receipt) -> ReceiptView {
    ReceiptView::from(receipt.clone())
}

fn row<T: borsh::BorshDeserialize>(state: &Trie, key: &TrieKey) -> Option<T> {
    state.get(&key.to_vec()).map(|bytes| borsh::from_slice(bytes).expect("a row of the state"))
}

fn rows<T: borsh::BorshDeserialize>(state: &Trie, column: u8) -> Vec<T> {
    state
        .iter_prefix(&[column], None)
        .map(|(_, bytes)| borsh::from_slice(&bytes).expect("a row of the state"))
        .collect()
}

/// The receipts that wait in the state for room in a chunk, oldest first.
pub(super) fn delayed(state: &Trie) -> Vec<Receipt> {
    let indices: DelayedReceiptIndices =
        row(state, &TrieKey::DelayedReceiptIndices).unwrap_or_default();
    (indices.first_index..indices.next_available_index)
        .map(|index| {
            let stored: ReceiptOrStateStoredReceipt<'static> =
                row(state, &TrieKey::DelayedReceipt { index }).expect("the queue has no holes");
            stored.into_receipt()
        })
        .collect()
}

/// When each yield ends without data.
fn time_outs(state: &Trie) -> HashMap<CryptoHash, BlockHeight> {
    let indices: PromiseYieldIndices =
        row(state, &TrieKey::PromiseYieldIndices).unwrap_or_default();
    (indices.first_index..indices.next_available_index)
        .filter_map(|index| row(state, &TrieKey::PromiseYieldTimeout { index }))
        .map(|timeout: PromiseYieldTimeout| (timeout.data_id, timeout.expires_at))
        .collect()
}

fn inputs(receipt: &Receipt) -> Vec<CryptoHash> {
    match receipt.versioned_receipt() {
        VersionedReceiptEnum::Action(action) | VersionedReceiptEnum::PromiseYield(action) => {
            action.input_data_ids().to_vec()
        }
        _ => Vec::new(),
    }
}

/// Who makes or brings each piece of data.
fn sources<'a>(receipts: impl Iterator<Item = &'a Receipt>) -> HashMap<CryptoHash, Source> {
    let mut found = HashMap::new();
    for receipt in receipts {
        let receipt_id = *receipt.receipt_id();
        match receipt.versioned_receipt() {
            VersionedReceiptEnum::Action(action) | VersionedReceiptEnum::PromiseYield(action) => {
                for output in action.output_data_receivers() {
                    let account_id = receipt.receiver_id().clone();
                    found.insert(output.data_id, Source { receipt_id, account_id, sent: false });
                }
            }
            VersionedReceiptEnum::Data(data) | VersionedReceiptEnum::PromiseResume(data) => {
                let account_id = receipt.predecessor_id().clone();
                found.insert(data.data_id, Source { receipt_id, account_id, sent: true });
            }
            VersionedReceiptEnum::GlobalContractDistribution(_) => {}
        }
    }
    found
}

fn missing(state: &Trie, receipt: &Receipt, sources: &HashMap<CryptoHash, Source>) -> Vec<Missing> {
    let receiver_id = receipt.receiver_id();
    inputs(receipt)
        .into_iter()
        .filter(|data_id| {
            let key = TrieKey::ReceivedData { receiver_id: receiver_id.clone(), data_id: *data_id };
            state.get(&key.to_vec()).is_none()
        })
        .map(|data_id| {
            let source = sources.get(&data_id);
            Missing {
                data_id,
                from_receipt: source.map(|source| source.receipt_id),
                from_account: source.map(|source| source.account_id.clone()),
                sent: source.is_some_and(|source| source.sent),
            }
        })
        .collect()
}
