//! Receipts that wait: for data, for room in a chunk, for a resume. runtime_spec 2.1, 2.2, 2.5.

use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{
    DelayedReceiptIndices, Receipt, ReceiptOrStateStoredReceipt, StateStoredReceipt,
    StateStoredReceiptMetadata,
};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{AccountId, Gas};

use crate::state::Overlay;

/// Appends a receipt to the queue of those that found no room in their chunk.
pub fn delay(state: &mut Overlay, receipt: &Receipt, congestion_gas: Gas) {
    let mut indices: DelayedReceiptIndices =
        state.get(&TrieKey::DelayedReceiptIndices).unwrap_or_default();
    let congestion_size = borsh::object_length(receipt).expect("borsh of a receipt") as u64;
    let metadata = StateStoredReceiptMetadata { congestion_gas, congestion_size };
    let stored = ReceiptOrStateStoredReceipt::StateStoredReceipt(StateStoredReceipt::new_owned(
        receipt.clone(),
        metadata,
    ));
    state.set(TrieKey::DelayedReceipt { index: indices.next_available_index }, &stored);
    indices.next_available_index += 1;
    state.set(TrieKey::DelayedReceiptIndices, &indices);
}

/// Takes the oldest receipt out of that queue.
pub fn pop_delayed(state: &mut Overlay) -> Option<Receipt> {
    let mut indices: DelayedReceiptIndices = state.get(&TrieKey::DelayedReceiptIndices)?;
    if indices.len() == 0 {
        return None;
    }
    let row = TrieKey::DelayedReceipt { index: indices.first_index };
    let stored: ReceiptOrStateStoredReceipt<'static> =
        state.get(&row).expect("the queue has no holes");
    state.remove(row);
    indices.first_index += 1;
    state.set(TrieKey::DelayedReceiptIndices, &indices);
    Some(stored.into_receipt())
}

/// Rows of one receipt that waits for data.
pub struct Waiting<'a> {
    pub receiver_id: &'a AccountId,
}

impl Waiting<'_> {
    pub fn received(&self, data_id: CryptoHash) -> TrieKey {
        TrieKey::ReceivedData { receiver_id: self.receiver_id.clone(), data_id }
    }

    pub fn receipt_of(&self, data_id: CryptoHash) -> TrieKey {
        TrieKey::PostponedReceiptId { receiver_id: self.receiver_id.clone(), data_id }
    }

    pub fn missing(&self, receipt_id: CryptoHash) -> TrieKey {
        TrieKey::PendingDataCount { receiver_id: self.receiver_id.clone(), receipt_id }
    }

    pub fn receipt(&self, receipt_id: CryptoHash) -> TrieKey {
        TrieKey::PostponedReceipt { receiver_id: self.receiver_id.clone(), receipt_id }
    }

    pub fn yielded(&self, data_id: CryptoHash) -> TrieKey {
        TrieKey::PromiseYieldReceipt { receiver_id: self.receiver_id.clone(), data_id }
    }

    pub fn yield_status(&self, data_id: CryptoHash) -> TrieKey {
        TrieKey::PromiseYieldStatus { receiver_id: self.receiver_id.clone(), data_id }
    }

    pub fn yield_id_of(&self, data_id: CryptoHash) -> TrieKey {
        TrieKey::DataIdToYieldId { receiver_id: self.receiver_id.clone(), data_id }
    }
}

/// Whether any receipt is delayed.
pub fn any_delayed(state: &Overlay) -> bool {
    state
        .get_unrecorded(&TrieKey::DelayedReceiptIndices)
        .and_then(|bytes| borsh::from_slice::<DelayedReceiptIndices>(&bytes).ok())
        .is_some_and(|indices| indices.len() > 0)
}
