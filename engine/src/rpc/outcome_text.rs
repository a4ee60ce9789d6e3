//! Outcomes as nearcore's views write them, straight from what the chain holds.
//!
//! The views copy each outcome first, make a list of texts of its gas, and then write some fifty hashes in base58, which
//! together took a third of a cross-contract call. The fields are theirs, in their order: the test of `outcome_tree` holds the
//! two texts side by side.

use near_primitives::merkle::{Direction, MerklePath};
use near_primitives::transaction::ExecutionStatus;
use near_primitives::types::{AccountId, Balance, Gas};
use near_primitives::views::{
    ExecutionStatusView, FinalExecutionStatus, ReceiptView, SignedTransactionView,
    TxExecutionStatus,
};
use serde::ser::{Serialize, SerializeSeq, Serializer};

use super::base58::Hash;
use super::profile_text::Metadata;
use super::transaction_text::TransactionText;
use crate::chain::StoredOutcome;

/// nearcore's `RpcTransactionResponse` of a transaction that is in a block.
#[derive(serde::Serialize)]
pub struct FinalOutcome<'a> {
    pub status: FinalExecutionStatus,
    #[serde(serialize_with = "TransactionText::serialize")]
    pub transaction: SignedTransactionView,
    pub transaction_outcome: OutcomeText<'a>,
    pub receipts_outcome: Vec<OutcomeText<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipts: Option<Vec<ReceiptView>>,
    pub final_execution_status: TxExecutionStatus,
}

/// nearcore's `ExecutionOutcomeWithIdView`.
#[derive(serde::Serialize)]
pub struct OutcomeText<'a> {
    proof: Proof<'a>,
    block_hash: Hash<'a>,
    id: Hash<'a>,
    outcome: Body<'a>,
}

#[derive(serde::Serialize)]
struct Body<'a> {
    logs: &'a [String],
    receipt_ids: Vec<Hash<'a>>,
    gas_burnt: Gas,
    tokens_burnt: Balance,
    executor_id: &'a AccountId,
    status: Status<'a>,
    metadata: Metadata<'a>,
}

#[derive(serde::Serialize)]
enum Status<'a> {
    SuccessReceiptId(Hash<'a>),
    #[serde(untagged)]
    Other(ExecutionStatusView),
}

struct Proof<'a>(&'a MerklePath);

#[derive(serde::Serialize)]
struct ProofItem<'a> {
    hash: Hash<'a>,
    direction: &'a Direction,
}

impl<'a> From<&'a StoredOutcome> for OutcomeText<'a> {
    fn from(stored: &'a StoredOutcome) -> Self {
        let outcome = &stored.outcome.outcome;
        OutcomeText {
            proof: Proof(&stored.proof),
            block_hash: Hash(&stored.block_hash),
            id: Hash(&stored.outcome.id),
            outcome: Body {
                logs: &outcome.logs,
                receipt_ids: outcome.receipt_ids.iter().map(Hash).collect(),
                gas_burnt: outcome.gas_burnt,
                tokens_burnt: outcome.tokens_burnt,
                executor_id: &outcome.executor_id,
                status: match &outcome.status {
                    ExecutionStatus::SuccessReceiptId(id) => Status::SuccessReceiptId(Hash(id)),
                    other => Status::Other(other.clone().into()),
                },
                metadata: Metadata(&outcome.metadata),
            },
        }
    }
}

impl Serialize for Proof<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut items = serializer.serialize_seq(Some(self.0.len()))?;
        for item in self.0 {
            items.serialize_element(&ProofItem {
                hash: Hash(&item.hash),
                direction: &item.direction,
            })?;
        }
        items.end()
    }
}
