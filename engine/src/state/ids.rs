//! Sets of hashes. The keys are hashes already, so that nothing is gained by hashing them again.

use std::hash::{BuildHasherDefault, Hasher};

use near_primitives::hash::CryptoHash;

/// Takes the first eight bytes of a hash for the hash of it.
#[derive(Clone, Copy, Default)]
pub struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    // Before the bytes comes their number, which is always the same.
    fn write_usize(&mut self, _length: usize) {}
}

/// A set of hashes.
pub type Ids = std::collections::HashSet<CryptoHash, BuildHasherDefault<FirstBytes>>;
