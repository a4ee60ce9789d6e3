//! Values of the state, each in one piece of memory; and leaves of the trie, which are values that know their path.

use std::fmt;
use std::io::{Read, Write};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::hash::{CryptoHash, hash};
use triomphe::ThinArc;

use super::path::Path;

/// Larger values stay where they are when their leaf is made anew, and their hash is kept.
const SMALL: usize = 128;

/// A value, and the end of the path that leads to it where it stands in a trie. A clone is a pointer.
#[derive(Clone)]
pub struct Value(ThinArc<Head, u8>);

/// What comes before the path, and the value if it is small.
struct Head {
    /// Of the leaf, once somebody has asked.
    leaf_hash: OnceLock<CryptoHash>,
    /// Bytes of the path.
    path: u32,
    large: Option<Arc<Large>>,
}

struct Large {
    hash: CryptoHash,
    bytes: Box<[u8]>,
}

impl Value {
    pub fn new(bytes: &[u8]) -> Value {
        if bytes.len() <= SMALL {
            return Value::with(0, None, bytes);
        }
        let large = Large { hash: hash(bytes), bytes: bytes.into() };
        Value::with(0, Some(Arc::new(large)), &[])
    }

    /// The same value at the end of this path, given in nibbles.
    pub fn at(&self, path: &[u8]) -> Value {
        let mut bytes = Vec::with_capacity(path.len() / 2 + 1 + SMALL);
        Path::pack(path, &mut bytes);
        let length = bytes.len() as u32;
        let large = self.0.header.header.large.clone();
        if large.is_none() {
            bytes.extend_from_slice(self);
        }
        Value::with(length, large, &bytes)
    }

    fn with(path: u32, large: Option<Arc<Large>>, bytes: &[u8]) -> Value {
        let head = Head { leaf_hash: OnceLock::new(), path, large };
        Value(ThinArc::from_header_and_slice(head, bytes))
    }

    fn head(&self) -> &Head {
        &self.0.header.header
    }

    /// The path of the leaf.
    pub fn path(&self) -> Path<'_> {
        Path::of(&self.0.slice[..self.head().path as usize])
    }

    /// The hash of the value itself.
    pub fn hash(&self) -> CryptoHash {
        match &self.head().large {
            Some(large) => large.hash,
            None => hash(self),
        }
    }

    /// The hash of the leaf, which `make` computes.
    pub fn leaf_hash(&self, make: impl FnOnce() -> CryptoHash) -> CryptoHash {
        *self.head().leaf_hash.get_or_init(make)
    }
}

impl Deref for Value {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.head().large {
            Some(large) => &large.bytes,
            None => &self.0.slice[self.head().path as usize..],
        }
    }
}

impl AsRef<[u8]> for Value {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Value {
        Value::new(bytes)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Value {
        Value::new(&bytes)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(to)
    }
}

impl BorshSerialize for Value {
    fn serialize<W: Write>(&self, writer: &mut W) -> std::io::Result<()> {
        (**self).serialize(writer)
    }
}

impl BorshDeserialize for Value {
    fn deserialize_reader<R: Read>(reader: &mut R) -> std::io::Result<Value> {
        Vec::deserialize_reader(reader).map(Value::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_its_bytes_and_hash_at_any_path() {
        for len in [0, 1, SMALL, SMALL + 1, 5_000] {
            let bytes: Vec<u8> = (0..len).map(|i| i as u8).collect();
            let value = Value::new(&bytes);
            assert_eq!(value.path().len(), 0);
            for path in [&[][..], &[1], &[1, 2], &[15, 0, 7]] {
                let leaf = value.at(path);
                assert_eq!(&*leaf, bytes.as_slice());
                assert_eq!(leaf.hash(), hash(&bytes));
                assert_eq!(leaf.path().nibbles(), path);
                assert_eq!(leaf.at(&[3]).path().nibbles(), [3]);
            }
            let stored = borsh::to_vec(&value).unwrap();
            assert_eq!(stored, borsh::to_vec(&bytes).unwrap());
            assert_eq!(borsh::from_slice::<Value>(&stored).unwrap(), value);
        }
    }
}
