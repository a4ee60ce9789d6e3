//! Receipts that wait for data, and yields: runtime_spec 2.2, 2.5.

use near_primitives::hash::{CryptoHash, YieldId};
use near_primitives::receipt::{
    DataReceipt, PromiseYieldIndices, PromiseYieldTimeout, Receipt, ReceiptEnum, ReceiptV0,
    ReceivedData, VersionedActionReceipt,
};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{PromiseYieldStatus, StateChangeCause};
use near_primitives::utils::create_receipt_id_from_receipt_id;

use super::Chunk;
use crate::runtime::queues::Waiting;

impl Chunk<'_> {
    /// Executes the receipt, or stores it until its inputs are there.
    pub(super) fn action(&mut self, receipt: &Receipt, action: &VersionedActionReceipt<'_>) {
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
    pub(super) fn data(&mut self, receipt: &Receipt, data: &DataReceipt) {
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
    pub(super) fn resume(&mut self, receipt: &Receipt, data: &DataReceipt) {
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

    /// Yields whose time is up get a resume without data, which arrives in the next block.
    pub(super) fn time_outs(&mut self) {
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

    pub(super) fn postponed(&mut self, receipt: &Receipt) {
        self.state.commit(StateChangeCause::PostponedReceipt { receipt_hash: receipt.get_hash() });
    }
}
