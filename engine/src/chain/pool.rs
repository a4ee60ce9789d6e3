//! Transactions that wait for a block, and their order: runtime_spec 1.1.

use std::sync::Arc;

use near_crypto::PublicKey;
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{AccountId, Nonce};

/// The waiting transactions, first come first.
#[derive(Clone, Default)]
pub struct Pool {
    waiting: Vec<Arc<SignedTransaction>>,
}

type Group<'a> = (&'a AccountId, &'a PublicKey, Option<u16>);

fn group(tx: &SignedTransaction) -> Group<'_> {
    let body = &tx.transaction;
    (body.signer_id(), body.public_key(), body.nonce().nonce_index())
}

impl Pool {
    pub fn of(waiting: Vec<Arc<SignedTransaction>>) -> Pool {
        Pool { waiting }
    }

    /// What waits, first come first.
    pub fn waiting(&self) -> &[Arc<SignedTransaction>] {
        &self.waiting
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub fn get(&self, hash: &CryptoHash) -> Option<&Arc<SignedTransaction>> {
        self.waiting.iter().find(|tx| tx.hash() == hash)
    }

    pub fn add(&mut self, tx: Arc<SignedTransaction>) {
        if self.get(tx.hash()).is_none() {
            self.waiting.push(tx);
        }
    }

    /// The waiting transactions of each key, by nonce; keys in the order of their first arrival.
    fn groups(&self) -> Vec<Vec<Arc<SignedTransaction>>> {
        let mut groups: Vec<Vec<Arc<SignedTransaction>>> = Vec::new();
        for tx in &self.waiting {
            match groups.iter_mut().find(|g| group(&g[0]) == group(tx)) {
                Some(found) => found.push(tx.clone()),
                None => groups.push(vec![tx.clone()]),
            }
        }
        for members in &mut groups {
            members.sort_by_key(|tx| tx.transaction.nonce().nonce());
        }
        groups
    }

    /// Whether some key's transactions leave out a number, counted from the one that it used last: those before it may
    /// be on their way.
    pub fn gapped(&self, last_used: impl Fn(&SignedTransaction) -> Option<Nonce>) -> bool {
        self.groups().iter().any(|members| {
            let Some(mut before) = last_used(&members[0]) else { return false };
            members.iter().any(|tx| {
                let nonce = tx.transaction.nonce().nonce();
                let gap = nonce > before.saturating_add(1);
                before = nonce;
                gap
            })
        })
    }

    /// Takes everything out, in the order of execution: each key's transactions by nonce, keys in turn, in the order of
    /// their first arrival. (nearcore visits the keys in an order that depends on a random seed.)
    pub fn drain(&mut self) -> Vec<Arc<SignedTransaction>> {
        let groups = self.groups();
        self.waiting.clear();
        let rounds = groups.iter().map(Vec::len).max().unwrap_or_default();
        (0..rounds)
            .flat_map(|round| groups.iter().filter_map(move |members| members.get(round).cloned()))
            .collect()
    }

    /// Whether all of these wait here.
    pub fn check(&self, hashes: &[CryptoHash]) -> Result<(), String> {
        match hashes.iter().find(|hash| self.get(hash).is_none()) {
            None => Ok(()),
            Some(hash) => {
                Err(format!("no transaction {hash} is in the pool: it has run, or was never sent"))
            }
        }
    }

    /// Takes these out, in this order, which is that of their execution.
    pub fn take(&mut self, hashes: &[CryptoHash]) -> Vec<Arc<SignedTransaction>> {
        let taken = hashes.iter().filter_map(|hash| self.get(hash).cloned()).collect();
        self.waiting.retain(|tx| !hashes.contains(tx.hash()));
        taken
    }

    /// Puts back what found no room in a block.
    pub fn put_back(&mut self, rest: Vec<Arc<SignedTransaction>>) {
        self.waiting.splice(0..0, rest);
    }
}
