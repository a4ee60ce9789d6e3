//! What came of a transaction: its outcome and those of all receipts that follow from it.

use std::sync::Arc;

use near_primitives::hash::CryptoHash;
use near_primitives::transaction::{ExecutionStatus, SignedTransaction};
use near_primitives::types::BlockHeight;
use near_primitives::views::{
    ExecutionOutcomeWithIdView, FinalExecutionStatus, ReceiptView, TxExecutionStatus,
};

use super::outcome_text::FinalOutcome;
use crate::chain::{Chain, StoredOutcome};

/// The outcomes of one transaction so far.
pub struct OutcomeTree<'a> {
    chain: &'a Chain,
    transaction: &'a SignedTransaction,
    included_at: BlockHeight,
    root: &'a StoredOutcome,
    /// Depth first: a receipt, then everything that follows from its first child, then from its second. What has not run
    /// yet is left out.
    receipts: Vec<&'a Arc<StoredOutcome>>,
    waiting: Vec<Unexecuted<'a>>,
}

/// A receipt that has not run yet.
struct Unexecuted<'a> {
    id: &'a CryptoHash,
    last_child: bool,
}

impl<'a> OutcomeTree<'a> {
    /// `None` while the transaction is in no block.
    pub fn of(chain: &'a Chain, hash: &CryptoHash) -> Option<Self> {
        let transaction = chain.transaction(hash)?;
        let included_at = transaction.block?.height;
        let root = chain.outcome(hash)?;
        let (receipts, waiting) = descendants(chain, root);
        Some(OutcomeTree {
            chain,
            transaction: transaction.signed,
            included_at,
            root,
            receipts,
            waiting,
        })
    }

    /// How far the transaction has come.
    pub fn level(&self) -> TxExecutionStatus {
        let last_final = self.chain.final_head().height;
        let included_final = self.included_at <= last_final;
        match (included_final, self.executed_but_for_refunds()) {
            (false, false) => TxExecutionStatus::Included,
            (false, true) => TxExecutionStatus::ExecutedOptimistic,
            (true, false) => TxExecutionStatus::IncludedFinal,
            (true, true) if self.all_final(last_final) => TxExecutionStatus::Final,
            (true, true) => TxExecutionStatus::Executed,
        }
    }

    /// What the engine said to a receipt of this transaction that it could not run.
    pub fn defect(&self) -> Option<(&CryptoHash, &str)> {
        if self.chain.defects().is_empty() {
            return None;
        }
        std::iter::once(self.root)
            .chain(self.receipts.iter().map(AsRef::as_ref))
            .flat_map(|outcome| &outcome.outcome.outcome.receipt_ids)
            .find_map(|id| self.chain.defect(id).map(|text| (id, text)))
    }

    fn all_final(&self, last_final: BlockHeight) -> bool {
        self.waiting.is_empty()
            && self.receipts.iter().all(|outcome| outcome.block_height <= last_final)
    }

    /// A refund is a receipt's last child; whether it ran does not matter.
    fn executed_but_for_refunds(&self) -> bool {
        self.waiting.iter().all(|receipt| receipt.last_child && self.is_refund(receipt.id))
    }

    /// The protocol itself sends only refunds.
    fn is_refund(&self, id: &CryptoHash) -> bool {
        let receipt = self.chain.receipt(id);
        receipt.is_some_and(|receipt| receipt.predecessor_id().is_system())
    }

    /// The result as nearcore tells it: that of the receipt at the end of the chain of promised results. The search only
    /// goes forward, as a receipt stands after the one that made it.
    fn status(&self) -> FinalExecutionStatus {
        let mut target = self.root.outcome.id;
        let outcomes = std::iter::once(self.root).chain(self.receipts.iter().map(AsRef::as_ref));
        for outcome in outcomes {
            if outcome.outcome.id != target {
                continue;
            }
            match &outcome.outcome.outcome.status {
                ExecutionStatus::SuccessReceiptId(next) => target = *next,
                ExecutionStatus::SuccessValue(value) => {
                    return FinalExecutionStatus::SuccessValue(value.clone());
                }
                ExecutionStatus::Failure(error) => {
                    return FinalExecutionStatus::Failure(error.clone());
                }
                ExecutionStatus::Unknown if self.receipts.is_empty() => {
                    return FinalExecutionStatus::NotStarted;
                }
                ExecutionStatus::Unknown => return FinalExecutionStatus::Started,
            }
        }
        FinalExecutionStatus::Started
    }

    /// The answer to those who ask how far it has come, with or without the receipts themselves.
    pub fn answer(&self, with_receipts: bool) -> FinalOutcome<'_> {
        FinalOutcome {
            status: self.status(),
            transaction: self.transaction.clone().into(),
            transaction_outcome: self.root.into(),
            receipts_outcome: self.receipts.iter().map(|stored| stored.as_ref().into()).collect(),
            receipts: with_receipts.then(|| self.receipt_views()),
            final_execution_status: self.level(),
        }
    }

    /// The receipts of the outcomes; but a receipt that the transaction made for its own signer was never sent.
    fn receipt_views(&self) -> Vec<ReceiptView> {
        let transaction = &self.transaction.transaction;
        let first = self.root.outcome.outcome.receipt_ids.first();
        let local = first.filter(|_| transaction.signer_id() == transaction.receiver_id());
        self.receipts
            .iter()
            .map(|outcome| &outcome.outcome.id)
            .filter(|id| Some(*id) != local)
            .filter_map(|id| self.chain.receipt(id))
            .map(|receipt| receipt.as_ref().clone().into())
            .collect()
    }
}

/// What has run of all that follows from `root`, and what of it has not. Without recursion: a chain of calls may be as long as
/// gas allows.
fn descendants<'a>(
    chain: &'a Chain,
    root: &'a StoredOutcome,
) -> (Vec<&'a Arc<StoredOutcome>>, Vec<Unexecuted<'a>>) {
    let (mut found, mut waiting) = (Vec::new(), Vec::new());
    let mut open = Vec::new();
    let note = |open: &mut Vec<_>, outcome: &'a StoredOutcome| {
        let children = outcome.outcome.outcome.receipt_ids.iter().rev().enumerate();
        open.extend(children.map(|(place, id)| Unexecuted { id, last_child: place == 0 }));
    };
    note(&mut open, root);
    while let Some(receipt) = open.pop() {
        match chain.outcome(receipt.id) {
            Some(outcome) => {
                note(&mut open, outcome);
                found.push(outcome);
            }
            None => waiting.push(receipt),
        }
    }
    (found, waiting)
}

pub fn outcome_view(stored: &StoredOutcome) -> ExecutionOutcomeWithIdView {
    ExecutionOutcomeWithIdView {
        proof: stored.proof.clone(),
        block_hash: stored.block_hash,
        id: stored.outcome.id,
        outcome: stored.outcome.outcome.clone().into(),
    }
}

#[cfg(test)]
mod tests {
    use near_crypto::{InMemorySigner, KeyType};
    use near_jsonrpc_primitives::types::transactions::RpcTransactionResponse;
    use near_primitives::action::{FunctionCallAction, TransferAction};
    use near_primitives::transaction::{Action, Transaction, TransactionV0};
    use near_primitives::types::{Balance, Gas};
    use near_primitives::views::{
        FinalExecutionOutcomeView, FinalExecutionOutcomeViewEnum,
        FinalExecutionOutcomeWithReceiptView,
    };

    use super::*;

    /// The answer as nearcore makes it, out of its own views.
    fn by_views(tree: &OutcomeTree<'_>, with_receipts: bool) -> RpcTransactionResponse {
        let final_outcome = FinalExecutionOutcomeView {
            status: tree.status(),
            transaction: tree.transaction.clone().into(),
            transaction_outcome: outcome_view(tree.root),
            receipts_outcome: tree.receipts.iter().map(|stored| outcome_view(stored)).collect(),
        };
        let receipts = tree.receipt_views();
        RpcTransactionResponse {
            final_execution_outcome: Some(if with_receipts {
                FinalExecutionOutcomeViewEnum::FinalExecutionOutcomeWithReceipt(
                    FinalExecutionOutcomeWithReceiptView { final_outcome, receipts },
                )
            } else {
                FinalExecutionOutcomeViewEnum::FinalExecutionOutcome(final_outcome)
            }),
            final_execution_status: tree.level(),
        }
    }

    #[test]
    fn answers_are_to_the_letter_what_the_views_would_write() {
        let mut chain = Chain::of_tests();
        chain.produce_block();
        let signer =
            InMemorySigner::from_seed("sandbox".parse().unwrap(), KeyType::ED25519, "sandbox");
        let pay = || Action::Transfer(TransferAction { deposit: Balance::from_near(1) });
        let call = Action::FunctionCall(Box::new(FunctionCallAction {
            method_name: "none".to_owned(),
            args: b"\"\n".to_vec(),
            gas: Gas::from_teragas(10),
            deposit: Balance::from_near(2),
        }));
        // One to itself, one that is refunded, a call that fails, and one with several outcomes in a block.
        let sent = [("sandbox", vec![pay()]), ("nobody", vec![pay()]), ("near", vec![pay(), call])];
        for (number, (receiver, actions)) in sent.into_iter().enumerate() {
            let body = Transaction::V0(TransactionV0 {
                signer_id: signer.get_account_id(),
                public_key: signer.public_key(),
                nonce: number as u64 + 1,
                receiver_id: receiver.parse().unwrap(),
                block_hash: chain.head().hash,
                actions,
            });
            let signature = signer.sign(body.get_hash_and_size().0.as_ref());
            let signed = SignedTransaction::new(signature, body);
            let hash = signed.get_hash();
            chain.submit(signed).unwrap();
            for _ in 0..5 {
                chain.produce_block();
                let tree = OutcomeTree::of(&chain, &hash).unwrap();
                for with_receipts in [false, true] {
                    let ours = serde_json::to_string(&tree.answer(with_receipts)).unwrap();
                    let theirs = serde_json::to_string(&by_views(&tree, with_receipts)).unwrap();
                    assert_eq!(ours, theirs);
                }
            }
        }
    }
}
