//! Reading typed rows of the state.

use borsh::BorshDeserialize;
use near_primitives::account::Account;
use near_primitives::trie_key::TrieKey;
use near_primitives::types::AccountId;

use crate::state::Trie;

/// A row of the state. A row that does not decode was written by a patch of nonsense: it counts as absent.
pub fn row<T: BorshDeserialize>(state: &Trie, key: &TrieKey) -> Option<T> {
    let bytes = state.get(&key.to_vec())?;
    T::try_from_slice(bytes).ok()
}

pub fn account(state: &Trie, account_id: &AccountId) -> Option<Account> {
    let account_id = account_id.clone();
    row(state, &TrieKey::Account { account_id })
}
