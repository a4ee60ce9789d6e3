//! A chunk in which nothing runs, as are most that time passes in: what is left of [`super::apply`] then, in a third of the
//! time.

use std::sync::LazyLock;

use borsh::BorshDeserialize;
use near_primitives::receipt::{DelayedReceiptIndices, PromiseYieldIndices};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{Balance, Gas, StateChangeCause};

use super::{ChunkInput, ChunkResult, bandwidth};
use crate::runtime::BlockContext;
use crate::state::{Changed, Changes, Trie, decoded};

/// The result, if nothing is there to run: nothing sent, nothing that waits for room or for its time to end, nothing paid
/// to validators, nothing patched.
pub fn apply(block: &BlockContext, input: &ChunkInput<'_>) -> Option<ChunkResult> {
    let ChunkInput { state, transactions, delayed: _, incoming, validators, patches } = input;
    let idle = transactions.is_empty()
        && incoming.is_empty()
        && patches.is_empty()
        && validators.is_none()
        && row::<DelayedReceiptIndices>(state, &DELAYED).is_none_or(|waiting| waiting.len() == 0)
        && row::<PromiseYieldIndices>(state, &YIELDS).is_none_or(|waiting| waiting.len() == 0);
    if !idle {
        return None;
    }
    let mut state = state.clone();
    state.insert(&BANDWIDTH.raw, &bandwidth(block));
    // One piece of memory for both: the trie's.
    let value = state.get(&BANDWIDTH.raw).cloned();
    Some(ChunkResult {
        state,
        outcomes: Vec::new(),
        outgoing: Vec::new(),
        created: Vec::new(),
        gas_used: Gas::ZERO,
        burnt: Balance::ZERO,
        proposals: Vec::new(),
        changes: CHANGE.to(value),
        delayed: false,
    })
}

/// A row that every such chunk looks at.
struct Row {
    key: TrieKey,
    raw: Vec<u8>,
}

static DELAYED: LazyLock<Row> = LazyLock::new(|| Row::of(TrieKey::DelayedReceiptIndices));
static YIELDS: LazyLock<Row> = LazyLock::new(|| Row::of(TrieKey::PromiseYieldIndices));
static BANDWIDTH: LazyLock<Row> = LazyLock::new(|| Row::of(TrieKey::BandwidthSchedulerState));

/// What changes, but for the value.
static CHANGE: LazyLock<Changes> = LazyLock::new(|| {
    let versions = vec![(StateChangeCause::BandwidthSchedulerStateUpdate, None)];
    Changes::of(std::iter::once(Changed { key: BANDWIDTH.key.clone(), versions }))
});

impl Row {
    fn of(key: TrieKey) -> Row {
        Row { raw: key.to_vec(), key }
    }
}

fn row<T: BorshDeserialize>(state: &Trie, row: &Row) -> Option<T> {
    state.get(&row.raw).map(|bytes| decoded(&row.key, bytes))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use near_primitives::receipt::Receipt;

    use super::super::apply_busy;
    use super::*;
    use crate::chain::Chain;
    use crate::runtime::queues;
    use crate::state::Overlay;

    fn nothing(state: &Trie) -> ChunkInput<'static> {
        ChunkInput {
            state: state.clone(),
            transactions: &[],
            delayed: u64::MAX,
            incoming: &[],
            validators: None,
            patches: &[],
        }
    }

    #[test]
    fn it_is_what_the_long_way_makes_of_it() {
        let mut chain = Chain::of_tests();
        for _ in 0..3 {
            let block = chain.next_context();
            let input = nothing(&chain.head().applied.state);
            let quick = apply(&block, &input).expect("nothing is there to run");
            let long = apply_busy(&block, &input);
            assert_ne!(quick.state.root_hash(), input.state.root_hash());
            assert_eq!(quick.state.root_hash(), long.state.root_hash());
            let changes = |result: &ChunkResult| borsh::to_vec(&result.changes).unwrap();
            assert_eq!(changes(&quick), changes(&long));
            let rest = |result: &ChunkResult| (result.gas_used, result.burnt, result.delayed);
            assert_eq!(rest(&quick), rest(&long));
            assert!(long.outcomes.is_empty() && long.created.is_empty());
            chain.produce_block();
            assert_eq!(chain.head().applied.state.root_hash(), quick.state.root_hash());
        }
    }

    #[test]
    fn what_arrives_or_waits_for_room_is_something_to_run() {
        let chain = Chain::of_tests();
        let (block, state) = (chain.next_context(), &chain.head().applied.state);
        let refund =
            Receipt::new_balance_refund(&"sandbox".parse().unwrap(), Balance::from_near(1));
        let mut delaying = Overlay::new(state.clone());
        queues::delay(&mut delaying, &refund, Gas::ZERO);
        delaying.commit(StateChangeCause::UpdatedDelayedReceipts);
        assert!(apply(&block, &nothing(&delaying.finish().0)).is_none());
        let arriving = [Arc::new(refund)];
        let input = ChunkInput { incoming: &arriving, ..nothing(state) };
        assert!(apply(&block, &input).is_none());
    }
}
