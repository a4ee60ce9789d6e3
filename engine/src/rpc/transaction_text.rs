//! A signed transaction as nearcore's view writes it, with its key, its signature and its hash by our own base58.

use near_crypto::{PublicKey, Signature};
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::NonceMode;
use near_primitives::types::{AccountId, Nonce, NonceIndex};
use near_primitives::views::{ActionView, SignedTransactionView};
use serde::ser::{Serialize, Serializer};

use super::base58::{self, Hash};

/// The fields of the view, in its order.
#[derive(serde::Serialize)]
#[serde(remote = "SignedTransactionView")]
pub struct TransactionText {
    signer_id: AccountId,
    #[serde(serialize_with = "base58::key")]
    public_key: PublicKey,
    nonce: Nonce,
    receiver_id: AccountId,
    actions: Vec<ActionView>,
    #[serde(rename = "priority_fee")]
    _priority_fee: u64,
    #[serde(serialize_with = "base58::signature")]
    signature: Signature,
    #[serde(serialize_with = "hash")]
    hash: CryptoHash,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce_index: Option<NonceIndex>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce_mode: Option<NonceMode>,
}

fn hash<S: Serializer>(hash: &CryptoHash, serializer: S) -> Result<S::Ok, S::Error> {
    Hash(hash).serialize(serializer)
}
