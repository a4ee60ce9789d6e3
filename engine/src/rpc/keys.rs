//! Views of access keys. As in nearcore they look at the keys alone: an account that does not exist simply has none.

use std::num::NonZeroU32;

use borsh::BorshDeserialize;
use near_crypto::{PublicKey, PublicKeyHandle};
use near_jsonrpc_primitives::types::query::RpcQueryError;
use near_primitives::account::AccessKey;
use near_primitives::trie_key::TrieKey;
use near_primitives::trie_key::trie_key_parsers::{
    get_raw_prefix_for_access_keys, parse_key_handle_from_access_key_key,
    parse_nonce_index_from_gas_key_key,
};
use near_primitives::types::{AccountId, ProtocolVersion};
use near_primitives::views::{AccessKeyInfoView, AccessKeyList, AccessKeyView, GasKeyNoncesView};

use super::access;
use super::query::Place;

/// nearcore's default for the most keys in one answer. Nodes before protocol 87 list all keys that are asked for at once.
pub const KEYS_LIMIT: u32 = 100;

const FIRST_LIMITED: ProtocolVersion = 87;

pub fn access_key(
    place: &Place<'_>,
    account_id: AccountId,
    public_key: PublicKey,
) -> Result<AccessKeyView, RpcQueryError> {
    let row = TrieKey::access_key(account_id, &public_key);
    access::row::<AccessKey>(&place.block.applied.state, &row).map(AccessKeyView::from).ok_or(
        RpcQueryError::UnknownAccessKey {
            public_key,
            block_height: place.block.height,
            block_hash: place.block.hash,
        },
    )
}

/// All keys of an account, or a page of them when `after` or `limit` is given.
pub fn list(
    place: &Place<'_>,
    account_id: AccountId,
    after: Option<PublicKeyHandle>,
    limit: Option<NonZeroU32>,
) -> Result<AccessKeyList, RpcQueryError> {
    let paginated = after.is_some() || limit.is_some();
    let most = if paginated || place.chain.protocol_version() >= FIRST_LIMITED {
        limit.map_or(KEYS_LIMIT, NonZeroU32::get).min(KEYS_LIMIT) as usize
    } else {
        usize::MAX
    };
    let prefix = get_raw_prefix_for_access_keys(&account_id);
    let after = after.map(|key| TrieKey::access_key(account_id.clone(), key).to_vec());
    let mut keys = place
        .block
        .applied
        .state
        .iter_prefix(&prefix, after.as_deref())
        .filter_map(|(row, value)| key_of_row(&row, &value, &account_id));
    let found: Vec<AccessKeyInfoView> = keys.by_ref().take(most).collect();
    let more = keys.next().is_some();
    if more && !paginated {
        return Err(RpcQueryError::TooManyAccessKeys {
            requested_account_id: account_id,
            limit: KEYS_LIMIT,
            block_height: place.block.height,
            block_hash: place.block.hash,
        });
    }
    let last_key = found.last().filter(|_| more);
    Ok(AccessKeyList { last_key: last_key.map(|key| key.public_key.clone()), keys: found })
}

/// The nonces of a gas key are rows under the key's own and are left out.
fn key_of_row(row: &[u8], value: &[u8], account_id: &AccountId) -> Option<AccessKeyInfoView> {
    let key = parse_key_handle_from_access_key_key(row, account_id).ok()?;
    match parse_nonce_index_from_gas_key_key(row, account_id, &key) {
        Ok(None) => {
            let access_key = AccessKey::try_from_slice(value).ok()?;
            Some(AccessKeyInfoView::new(key, access_key.into()))
        }
        _ => None,
    }
}

pub fn gas_key_nonces(
    place: &Place<'_>,
    account_id: AccountId,
    public_key: PublicKey,
) -> Result<GasKeyNoncesView, RpcQueryError> {
    let state = &place.block.applied.state;
    let row = TrieKey::access_key(account_id.clone(), &public_key);
    let key = access::row::<AccessKey>(state, &row);
    let Some(info) = key.as_ref().and_then(AccessKey::gas_key_info) else {
        return Err(RpcQueryError::UnknownGasKey {
            public_key,
            block_height: place.block.height,
            block_hash: place.block.hash,
        });
    };
    let nonces = (0..info.num_nonces)
        .map(|index| {
            let row = TrieKey::gas_key_nonce(account_id.clone(), &public_key, index);
            access::row(state, &row).unwrap_or_default()
        })
        .collect();
    Ok(GasKeyNoncesView { nonces })
}
