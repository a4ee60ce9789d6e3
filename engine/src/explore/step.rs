//! What running one receipt did.

use std::sync::Arc;

use near_primitives::transaction::{ExecutionOutcomeWithId, ExecutionStatus};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::AccountId;

use super::parcel::{Kind, Parcel};
use super::world::World;
use crate::state::{Changed, Trie, Value};

/// A receipt that was executed in a step.
pub struct Run {
    pub parcel: Arc<Parcel>,
    pub outcome: ExecutionOutcomeWithId,
}

impl Run {
    pub fn failed(&self) -> bool {
        matches!(self.outcome.outcome.status, ExecutionStatus::Failure(_))
    }
}

/// A piece of a contract's data that changed: what it was, and what it is.
pub struct Change<'a> {
    pub account_id: &'a AccountId,
    pub key: &'a [u8],
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// What running one receipt did.
pub struct Step {
    pub world: World,
    /// What was executed, in order: the receipt, or the one that waited for its data; then what follows at once.
    pub runs: Vec<Run>,
    /// What is on its way because of it, oldest first.
    pub sent: Vec<Arc<Parcel>>,
    pub(super) before: Trie,
    pub(super) rows: Vec<Changed>,
}

impl Step {
    /// Whether nothing failed, refunds left out.
    pub fn succeeded(&self) -> bool {
        !self.runs.iter().any(|run| run.parcel.kind != Kind::Refund && run.failed())
    }

    /// The contracts' data that changed; what was written as it was is no change.
    pub fn changes(&self) -> impl Iterator<Item = Change<'_>> {
        self.rows.iter().filter_map(|row| {
            let TrieKey::ContractData { account_id, key } = &row.key else { return None };
            let (before, after) =
                (self.before.get(&row.key.to_vec()).cloned(), row.value().cloned());
            (before != after).then_some(Change { account_id, key, before, after })
        })
    }
}
