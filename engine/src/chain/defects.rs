//! What makes the engine panic is taken out of the chain, so that the next blocks can be made without it.

use std::collections::BTreeMap;
use std::sync::Arc;

use near_primitives::hash::CryptoHash;

use super::{Chain, Choice, Chosen};
use crate::guard::{Panicked, catch};

/// Transactions and receipts that were taken out, and what the engine said to each.
#[derive(Clone, Default)]
pub struct Defects(Arc<BTreeMap<CryptoHash, String>>);

impl Defects {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn note(&mut self, id: CryptoHash, panicked: &Panicked) {
        Arc::make_mut(&mut self.0).insert(id, panicked.to_string());
    }
}

impl Chain {
    /// The transactions and receipts that were taken out.
    pub fn defects(&self) -> &Defects {
        &self.defects
    }

    /// What the engine said when this transaction or receipt ran, if that is why it was taken out.
    pub fn defect(&self, id: &CryptoHash) -> Option<&str> {
        self.defects.0.get(id).map(String::as_str)
    }

    /// After a panic, on the chain as it was before: takes out of the pool and of the receipts on their way whatever makes
    /// the engine panic when a block holds nothing else; or everything, where it takes several for that. Gives back what it
    /// was; nothing, where the next block does not panic, or would do so in any case.
    pub fn take_out_defects(&mut self) -> Vec<CryptoHash> {
        let Some(panicked) = self.next_block_panics(Choice::Everything) else { return Vec::new() };
        let transactions = self.pool.waiting().iter().map(|tx| *tx.hash());
        let receipts = self.queue.iter().map(|receipt| *receipt.receipt_id());
        let all: Vec<(CryptoHash, bool)> =
            transactions.map(|hash| (hash, true)).chain(receipts.map(|id| (id, false))).collect();
        let alone = all.iter().filter_map(|&(id, is_transaction)| {
            let (transactions, receipts) =
                if is_transaction { (vec![id], Vec::new()) } else { (Vec::new(), vec![id]) };
            let chosen = Chosen { transactions, receipts, overtaking: true };
            self.next_block_panics(Choice::These(chosen)).map(|panicked| (id, panicked))
        });
        let alone: Vec<(CryptoHash, Panicked)> = alone.collect();
        let together = all.iter().map(|(id, _)| (*id, panicked.clone())).collect();
        for culprits in [alone, together] {
            let without = self.without(&culprits);
            if without.next_block_panics(Choice::Everything).is_none() {
                *self = without;
                return culprits.into_iter().map(|(id, _)| id).collect();
            }
        }
        Vec::new()
    }

    fn without(&self, culprits: &[(CryptoHash, Panicked)]) -> Chain {
        let mut chain = self.clone();
        let ids: Vec<CryptoHash> = culprits.iter().map(|(id, _)| *id).collect();
        chain.pool.take(&ids);
        chain.queue.remove(&ids);
        for (id, panicked) in culprits {
            chain.defects.note(*id, panicked);
        }
        chain
    }

    /// What a block of these would say. A copy of the chain is what tries.
    fn next_block_panics(&self, choice: Choice) -> Option<Panicked> {
        let mut trial = self.clone();
        let height = trial.head.height + 1;
        // What cannot be chosen (a receipt behind a delayed one) is refused, and no culprit.
        catch(|| drop(trial.make_block(height, choice))).err()
    }
}
