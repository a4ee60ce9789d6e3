//! One transaction or one receipt in a chunk of its own, by the same rules: what the exploration of orders is made of.

use std::collections::VecDeque;
use std::sync::Arc;

use near_primitives::receipt::Receipt;
use near_primitives::transaction::{ExecutionOutcomeWithId, SignedTransaction};

use super::Chunk;
use crate::runtime::{BlockContext, balance};
use crate::state::{Changed, Overlay, Trie};

/// A receipt that was executed, and those that it made.
pub struct Ran {
    pub outcome: ExecutionOutcomeWithId,
    /// In order of creation; data and refunds as well.
    pub made: Vec<Arc<Receipt>>,
}

/// What came of it.
pub struct Alone {
    pub state: Trie,
    /// In order of execution. Nothing where the receipt only waits or brings data for one that waits.
    pub ran: Vec<Ran>,
    /// What is on its way now, oldest first.
    pub outgoing: Vec<Arc<Receipt>>,
    /// The rows that changed, with all their versions.
    pub rows: Vec<Changed>,
}

/// Executes receipts in their order, each with the instant ones that it makes. Those that they send out and that `follows`
/// names are executed as well, afterwards; the others are on their way.
pub fn receipts(
    block: &BlockContext,
    state: Trie,
    receipts: Vec<Arc<Receipt>>,
    follows: impl Fn(&Overlay, &Receipt) -> bool,
) -> Alone {
    let mut chunk = Chunk::new(block, state.clone());
    let (mut ran, mut outgoing) = (Vec::new(), Vec::new());
    let mut queue = VecDeque::from(receipts.clone());
    while let Some(receipt) = queue.pop_front() {
        chunk.process(&receipt);
        if let Some(outcome) = chunk.outcomes.pop() {
            ran.push(Ran { outcome, made: std::mem::take(&mut chunk.created) });
        }
        while let Some(instant) = chunk.instant.pop_back() {
            queue.push_front(instant);
        }
        for sent in std::mem::take(&mut chunk.outgoing) {
            if follows(&chunk.state, &sent) {
                queue.push_back(sent);
            } else {
                outgoing.push(sent);
            }
        }
    }
    balance::check(block, &state, &chunk.state, &receipts, &outgoing, chunk.minted, chunk.burnt);
    let (state, rows) = chunk.state.finish_rows();
    Alone { state, ran, outgoing, rows: rows.collect() }
}

/// Turns a transaction into its receipt, and charges its signer. What the protocol refuses, or the signer cannot pay, is the
/// outcome in the error.
pub fn transaction(
    block: &BlockContext,
    state: Trie,
    signed: &Arc<SignedTransaction>,
) -> Result<(Trie, Arc<Receipt>), Box<ExecutionOutcomeWithId>> {
    let mut chunk = Chunk::new(block, state.clone());
    let receipt = Arc::new(chunk.convert(signed)?);
    let sent = std::slice::from_ref(&receipt);
    balance::check(block, &state, &chunk.state, &[], sent, chunk.minted, chunk.burnt);
    let (state, _) = chunk.state.finish();
    Ok((state, receipt))
}
