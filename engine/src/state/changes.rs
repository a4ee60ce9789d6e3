//! What a chunk changed: every version of every row, with its cause.
//!
//! Each block keeps this for as long as the chain lives, and hardly anyone asks: it is packed into one piece of memory, and
//! the values are those of the trie.

use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{RawStateChange, RawStateChangesWithTrieKey, StateChangeCause};

use super::trie::Trie;
use super::value::Value;

/// A row with all that was committed to it in one chunk, oldest first.
pub struct Changed {
    pub key: TrieKey,
    pub versions: Vec<(StateChangeCause, Option<Value>)>,
}

impl Changed {
    /// What the row holds now; nothing where it was removed.
    pub fn value(&self) -> Option<&Value> {
        self.versions.last().and_then(|(_, value)| value.as_ref())
    }
}

/// The changes of one chunk, in key order.
#[derive(Clone, Default, BorshSerialize, BorshDeserialize)]
pub struct Changes {
    /// For each row: its key, the number of its versions, their causes; in borsh.
    rows: Arc<[u8]>,
    /// The values of all versions, in the same order.
    values: Box<[Option<Value>]>,
}

impl Changes {
    pub fn of(rows: impl Iterator<Item = Changed>) -> Changes {
        let mut packed = Vec::new();
        let mut values = Vec::new();
        for row in rows {
            write(&row.key, &mut packed);
            write(&(row.versions.len() as u32), &mut packed);
            for (cause, value) in row.versions {
                write(&cause, &mut packed);
                values.push(value);
            }
        }
        Changes { rows: packed.into(), values: values.into() }
    }

    /// The same change of one row to another value.
    pub fn to(&self, value: Option<Value>) -> Changes {
        debug_assert_eq!(self.values.len(), 1);
        Changes { rows: Arc::clone(&self.rows), values: Box::new([value]) }
    }

    /// The rows as nearcore's views want them.
    pub fn iter(&self) -> impl Iterator<Item = RawStateChangesWithTrieKey> + '_ {
        self.rows().map(|changed| RawStateChangesWithTrieKey {
            trie_key: changed.key,
            changes: changed
                .versions
                .into_iter()
                .map(|(cause, value)| RawStateChange {
                    cause,
                    data: value.map(|bytes| bytes.to_vec()),
                })
                .collect(),
        })
    }

    /// Makes the same changes to the state that the chunk began with.
    pub fn apply(&self, state: &mut Trie) {
        for changed in self.rows() {
            let key = changed.key.to_vec();
            match changed.value() {
                Some(value) => state.insert(&key, value),
                None => state.remove(&key),
            }
        }
    }

    /// The rows with their values as the trie shares them.
    fn rows(&self) -> impl Iterator<Item = Changed> + '_ {
        let mut rest: &[u8] = &self.rows;
        let mut values = self.values.iter();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let key = read(&mut rest);
            let count: u32 = read(&mut rest);
            let versions = (0..count)
                .map(|_| (read(&mut rest), values.next().expect("a value each").clone()))
                .collect();
            Some(Changed { key, versions })
        })
    }
}

fn write(item: &impl BorshSerialize, to: &mut Vec<u8>) {
    item.serialize(to).expect("writing to memory cannot fail");
}

fn read<T: BorshDeserialize>(from: &mut &[u8]) -> T {
    T::deserialize(from).expect("what was written here")
}
