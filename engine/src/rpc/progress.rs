//! Waiting until a transaction has come as far as its client wants.

use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::transactions::RpcTransactionError;
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::SignedTransaction;
use near_primitives::views::TxExecutionStatus;
use serde_json::{Value, json};

use super::json::{Json, to_json};
use super::outcome_tree::OutcomeTree;
use super::{Goal, Reply};
use crate::chain::{BlockMode, Chain, Clock};

/// A block is final two blocks later; one more shows it to those who read the final state.
pub const BLOCKS_TO_FINALITY: u32 = 3;

/// Far more blocks than the gas of one transaction lasts for.
const MOST_BLOCKS: u32 = 10_000;

/// A transaction, and how far it has to come.
pub struct Wanted {
    pub hash: CryptoHash,
    pub level: TxExecutionStatus,
    pub with_receipts: bool,
    /// The transaction itself when the client sent it along with a question about it: should the chain not know it, the
    /// answer may be that it never will.
    pub signed: Option<Box<SignedTransaction>>,
}

impl Wanted {
    /// The answer, once the transaction has come far enough.
    pub fn reached(&self, chain: &Chain) -> Option<Result<Json, RpcError>> {
        let Some(tree) = OutcomeTree::of(chain, &self.hash) else {
            let defect =
                chain.defect(&self.hash).map(|said| defect("transaction", &self.hash, said));
            return defect.or_else(|| self.refusal(chain)).map(Err);
        };
        if let Some((id, said)) = tree.defect() {
            return Some(Err(defect("receipt", id, said)));
        }
        if !suffices(&tree.level(), &self.level) {
            return None;
        }
        Some(to_json(&tree.answer(self.with_receipts)))
    }

    /// Why a transaction that nobody has sent would not be accepted. A copy of the chain is what tries.
    pub fn refusal(&self, chain: &Chain) -> Option<RpcError> {
        let signed = self.signed.as_deref()?;
        if chain.transaction(&self.hash).is_some() {
            return None;
        }
        let refused = chain.clone().submit(signed.clone());
        refused.err().map(|context| RpcTransactionError::InvalidTransaction { context }.into())
    }
}

/// Makes the blocks that are needed, if that is this chain's way, and answers or waits.
pub fn pursue(chain: &mut Chain, wanted: Wanted) -> Reply {
    if chain.mode() == BlockMode::Auto {
        return pursue_with_blocks(chain, wanted);
    }
    match wanted.reached(chain) {
        Some(result) => Reply::Done(result),
        None => Reply::Wait(Goal::Transaction(wanted)),
    }
}

fn pursue_with_blocks(chain: &mut Chain, wanted: Wanted) -> Reply {
    let mut quiet = 0;
    for _ in 0..MOST_BLOCKS {
        if let Some(result) = wanted.reached(chain) {
            return Reply::Done(result);
        }
        if chain.transaction(&wanted.hash).is_none() || quiet > BLOCKS_TO_FINALITY {
            break;
        }
        quiet = if chain.in_flight() { 0 } else { quiet + 1 };
        chain.produce_block();
    }
    match chain.clock() {
        // Nobody else makes blocks, so nothing will ever come.
        Clock::Steps => Reply::Done(Err(timeout())),
        // Other clients may send what is missing.
        Clock::Wall => Reply::Wait(Goal::Transaction(wanted)),
    }
}

/// Makes blocks until the transaction is in one. Does nothing where others make the blocks.
pub fn include(chain: &mut Chain, hash: &CryptoHash) {
    if chain.mode() != BlockMode::Auto {
        return;
    }
    for _ in 0..MOST_BLOCKS {
        let waits = chain.transaction(hash).is_some_and(|transaction| transaction.block.is_none());
        if !waits {
            return;
        }
        chain.produce_block();
    }
}

/// Where no time passes by itself, each question about a transaction lets some pass, as long as it is not at its end: a
/// client that polls sees it come.
pub fn pass_time(chain: &mut Chain, hash: &CryptoHash) {
    if chain.mode() != BlockMode::Auto || chain.clock() == Clock::Wall {
        return;
    }
    let level = OutcomeTree::of(chain, hash).map(|tree| tree.level());
    if level.is_some_and(|level| level != TxExecutionStatus::Final) {
        chain.produce_block();
    }
}

/// Whether a level is at least the wanted one. Being executed and being in a final block do not compare.
fn suffices(reached: &TxExecutionStatus, wanted: &TxExecutionStatus) -> bool {
    use TxExecutionStatus::{ExecutedOptimistic, IncludedFinal};
    match (reached, wanted) {
        (IncludedFinal, ExecutedOptimistic) | (ExecutedOptimistic, IncludedFinal) => false,
        _ => rank(reached) >= rank(wanted),
    }
}

fn rank(level: &TxExecutionStatus) -> u8 {
    match level {
        TxExecutionStatus::None => 0,
        TxExecutionStatus::Included => 1,
        TxExecutionStatus::ExecutedOptimistic | TxExecutionStatus::IncludedFinal => 2,
        TxExecutionStatus::Executed => 3,
        TxExecutionStatus::Final => 4,
    }
}

/// The answer for the sender of what the engine could not run.
fn defect(what: &str, id: &CryptoHash, said: &str) -> RpcError {
    let text = format!(
        "the engine panicked at {what} {id}: {said}. This is a defect of near-harness-engine {}, not of the test; the \
         chain goes on without it",
        env!("CARGO_PKG_VERSION")
    );
    RpcError::new_internal_error(Some(Value::from(text.clone())), text)
}

/// nearcore's answer after ten seconds, without the cause that newer nodes add: strict older clients reject it.
pub fn timeout() -> RpcError {
    let data = Value::from("Timeout");
    RpcError::new_internal_or_handler_error(Some(data), json!({"name": "TIMEOUT_ERROR"}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use TxExecutionStatus as L;

    #[test]
    fn levels_are_ordered_but_for_one_pair() {
        let all =
            [L::None, L::Included, L::ExecutedOptimistic, L::IncludedFinal, L::Executed, L::Final];
        for (i, reached) in all.iter().enumerate() {
            for (j, wanted) in all.iter().enumerate() {
                let incomparable = (i, j) == (3, 2);
                assert_eq!(
                    suffices(reached, wanted),
                    i >= j && !incomparable,
                    "{reached:?} {wanted:?}"
                );
            }
        }
    }
}
