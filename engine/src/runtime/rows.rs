//! Rows of the state by their meaning.

use near_crypto::{PublicKey, PublicKeyHandle};
use near_primitives::account::{AccessKey, Account};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{AccountId, Nonce, NonceIndex};

use crate::state::Overlay;

pub fn account(state: &Overlay, account_id: &AccountId) -> Option<Account> {
    state.get(&TrieKey::Account { account_id: account_id.clone() })
}

pub fn set_account(state: &mut Overlay, account_id: &AccountId, account: &Account) {
    state.set(TrieKey::Account { account_id: account_id.clone() }, account);
}

fn key_row(account_id: &AccountId, public_key: &PublicKey) -> TrieKey {
    TrieKey::AccessKey {
        account_id: account_id.clone(),
        key_handle: PublicKeyHandle::from(public_key),
    }
}

pub fn access_key(
    state: &Overlay,
    account_id: &AccountId,
    public_key: &PublicKey,
) -> Option<AccessKey> {
    state.get(&key_row(account_id, public_key))
}

/// The nonce that a key has used last, of a gas key that of the index.
pub fn last_nonce(
    state: &Overlay,
    account_id: &AccountId,
    public_key: &PublicKey,
    index: Option<NonceIndex>,
) -> Option<Nonce> {
    match index {
        None => access_key(state, account_id, public_key).map(|key| key.nonce),
        Some(index) => state.get(&TrieKey::gas_key_nonce(account_id.clone(), public_key, index)),
    }
}

pub fn set_access_key(
    state: &mut Overlay,
    account_id: &AccountId,
    public_key: &PublicKey,
    key: &AccessKey,
) {
    state.set(key_row(account_id, public_key), key);
}

pub fn remove_access_key(state: &mut Overlay, account_id: &AccountId, public_key: &PublicKey) {
    state.remove(key_row(account_id, public_key));
}
