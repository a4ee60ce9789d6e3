//! What runs next. The order of receipts is decided here and nowhere else: order is data.
//!
//! Receipts that a chunk sends out wait in one queue. A block takes all of them, as nearcore's do; or exactly those that
//! somebody chooses, in the order of the choice, and the others wait on. Between one sender and one receiver receipts
//! never overtake each other on a real chain, whatever the shards do; a choice that breaks this is refused unless it is
//! asked for.

use std::collections::HashSet;
use std::sync::Arc;

use near_primitives::hash::CryptoHash;
use near_primitives::receipt::Receipt;
use near_primitives::types::AccountId;

/// What a block takes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Everything that fits, as a node does.
    Everything,
    /// Exactly these.
    These(Chosen),
}

/// Transactions of the pool and receipts that are delayed or on their way, each in the order in which they run.
/// (Within a block, transactions come before receipts, and delayed receipts before those that arrive.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    pub transactions: Vec<CryptoHash>,
    pub receipts: Vec<CryptoHash>,
    /// Receipts of one sender and receiver may overtake each other, which no real chain does.
    pub overtaking: bool,
}

/// The receipts on their way, oldest first.
#[derive(Clone, Default)]
pub struct Queue {
    receipts: Vec<Arc<Receipt>>,
}

/// The part of a choice that concerns receipts: how many delayed ones run, and which arrive.
#[derive(Default)]
pub struct Taken {
    pub delayed: u64,
    pub incoming: Vec<Arc<Receipt>>,
}

impl Queue {
    pub fn of(receipts: Vec<Arc<Receipt>>) -> Queue {
        Queue { receipts }
    }

    pub fn is_empty(&self) -> bool {
        self.receipts.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Receipt>> {
        self.receipts.iter()
    }

    pub fn push(&mut self, sent: &[Arc<Receipt>]) {
        self.receipts.extend_from_slice(sent);
    }

    /// Forgets these.
    pub fn remove(&mut self, ids: &[CryptoHash]) {
        self.receipts.retain(|receipt| !ids.contains(receipt.receipt_id()));
    }

    /// Takes everything.
    pub fn take_all(&mut self) -> Taken {
        Taken { delayed: u64::MAX, incoming: std::mem::take(&mut self.receipts) }
    }

    /// Takes the chosen receipts; `delayed` are those that wait in the state for room in a chunk, oldest first.
    pub fn take(&mut self, chosen: &Chosen, delayed: &[Receipt]) -> Result<Taken, String> {
        let wanted: HashSet<&CryptoHash> = chosen.receipts.iter().collect();
        if wanted.len() < chosen.receipts.len() {
            return Err("a receipt is chosen twice: each runs once".to_owned());
        }
        // The queue of delayed receipts is part of the state: it is served from its front only.
        let front = delayed.iter().take_while(|receipt| wanted.contains(receipt.receipt_id()));
        let front: Vec<&CryptoHash> = front.map(Receipt::receipt_id).collect();
        if front.len() > chosen.receipts.len()
            || !chosen.receipts.iter().zip(&front).all(|(a, b)| a == *b)
        {
            return Err("delayed receipts run first, in the order of their queue".to_owned());
        }
        let incoming = chosen.receipts[front.len()..]
            .iter()
            .map(|id| self.find(id, delayed))
            .collect::<Result<Vec<_>, _>>()?;
        if !chosen.overtaking {
            self.check_order(&incoming, &delayed[front.len()..])?;
        }
        self.receipts.retain(|receipt| !wanted.contains(receipt.receipt_id()));
        Ok(Taken { delayed: front.len() as u64, incoming })
    }

    fn find(&self, id: &CryptoHash, delayed: &[Receipt]) -> Result<Arc<Receipt>, String> {
        if let Some(found) = self.receipts.iter().find(|receipt| receipt.receipt_id() == id) {
            return Ok(found.clone());
        }
        if delayed.iter().any(|receipt| receipt.receipt_id() == id) {
            return Err(format!(
                "receipt {id} is delayed, and others stand before it in that queue"
            ));
        }
        Err(format!(
            "no receipt {id} is on its way: it has run, waits for data, or was never made on this chain"
        ))
    }

    /// Receipts of one sender and receiver arrive in the order in which they were sent.
    fn check_order(&self, incoming: &[Arc<Receipt>], delayed: &[Receipt]) -> Result<(), String> {
        for (at, receipt) in incoming.iter().enumerate() {
            let earlier = delayed.iter().chain(
                self.receipts
                    .iter()
                    .map(AsRef::as_ref)
                    .take_while(|other| other.receipt_id() != receipt.receipt_id()),
            );
            for other in earlier.filter(|other| route(other) == route(receipt)) {
                let taken_before =
                    incoming[..at].iter().any(|one| one.receipt_id() == other.receipt_id());
                if !taken_before {
                    let (from, to) = route(receipt);
                    return Err(format!(
                        "receipt {} from {from} to {to} would overtake {}, which was sent before it: on no chain does \
                         that happen",
                        receipt.receipt_id(),
                        other.receipt_id(),
                    ));
                }
            }
        }
        Ok(())
    }
}

fn route(receipt: &Receipt) -> (&AccountId, &AccountId) {
    (receipt.predecessor_id(), receipt.receiver_id())
}
