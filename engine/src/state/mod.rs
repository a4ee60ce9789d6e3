//! The state: a persistent Merkle Patricia trie of nearcore's shape, and the overlay that receipts write to.

use std::sync::Arc;

use near_primitives::hash::CryptoHash;

/// An immutable trie; a clone is a pointer copy.
#[derive(Clone, Default)]
pub struct Trie {}

impl Trie {
    pub fn root_hash(&self) -> CryptoHash {
        todo!()
    }
    pub fn get(&self, _key: &[u8]) -> Option<Arc<[u8]>> {
        todo!()
    }
    /// Entries whose key starts with `prefix`, in key order, after `after` (exclusive) when given.
    pub fn iter_prefix<'a>(
        &'a self,
        _prefix: &[u8],
        _after: Option<&[u8]>,
    ) -> Box<dyn Iterator<Item = (Vec<u8>, Arc<[u8]>)> + 'a> {
        todo!()
    }
    /// The serialized nodes (and values) that a reader of all keys under `prefix` visits, as nearcore's view_state
    /// proof lists them.
    pub fn proof(&self, _prefix: &[u8]) -> Vec<Arc<[u8]>> {
        todo!()
    }
}
