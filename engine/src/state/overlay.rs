//! What a chunk has written so far, above the trie that it started from.
//!
//! Reads look into what the running receipt wrote, then into what earlier receipts of the chunk committed, then into
//! the trie of the previous state root. The trie itself does not change before the chunk is finished, so the paths
//! that storage fees count are those of the chunk's start (runtime_spec 4.1, 4.2).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::hash::CryptoHash;
use near_primitives::trie_key::TrieKey;
use near_primitives::types::StateChangeCause;

use super::changes::{Changed, Changes};
use super::ids::Ids;
use super::trie::Trie;
use super::value::Value;

/// nearcore adds this to the storage proof's upper bound for each removed key.
const REMOVAL_PROOF_BYTES: usize = 2000;

/// Trie nodes (and values) that one operation touched: first time in this chunk, or again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeCounts {
    pub db: u64,
    pub mem: u64,
}

#[derive(Default)]
struct Reads {
    /// What storage fees have counted: nearcore's accounting cache.
    counted: Ids,
    /// What the storage proof would hold.
    recorded: Ids,
    recorded_bytes: usize,
    removals: usize,
}

impl Reads {
    fn count(&mut self, hash: CryptoHash, counts: &mut NodeCounts) {
        if self.counted.insert(hash) {
            counts.db += 1;
        } else {
            counts.mem += 1;
        }
    }

    fn record(&mut self, hash: CryptoHash, len: usize) {
        if self.recorded.insert(hash) {
            self.recorded_bytes += len;
        }
    }
}

struct Write {
    key: TrieKey,
    value: Option<Value>,
}

/// The state as a chunk's application sees and changes it.
pub struct Overlay {
    trie: Trie,
    /// What was committed, with all its versions: the last of them counts.
    committed: BTreeMap<Vec<u8>, Changed>,
    prospective: BTreeMap<Vec<u8>, Write>,
    reads: RefCell<Reads>,
    recording: bool,
}

impl Overlay {
    /// For applying a chunk: reads are recorded for the storage proof's size.
    pub fn new(trie: Trie) -> Overlay {
        Overlay {
            trie,
            committed: BTreeMap::new(),
            prospective: BTreeMap::new(),
            reads: RefCell::default(),
            recording: true,
        }
    }

    /// For views: nothing is recorded.
    pub fn for_view(trie: Trie) -> Overlay {
        Overlay { recording: false, ..Overlay::new(trie) }
    }

    fn written(&self, key: &[u8]) -> Option<Option<&Value>> {
        self.prospective
            .get(key)
            .map(|write| write.value.as_ref())
            .or_else(|| self.committed.get(key).map(Changed::value))
    }

    fn read_trie(&self, key: &[u8]) -> Option<Value> {
        if !self.recording {
            return self.trie.get(key).cloned();
        }
        let mut reads = self.reads.borrow_mut();
        let value =
            self.trie.visit(key, |node| reads.record(node.hash(), node.serialized_len()))?;
        reads.record(value.hash(), value.len());
        Some(value.clone())
    }

    pub fn get_raw(&self, key: &[u8]) -> Option<Value> {
        match self.written(key) {
            Some(value) => value.cloned(),
            None => self.read_trie(key),
        }
    }

    /// Reads without a trace in the storage proof: contract code, which nearcore keeps apart.
    pub fn get_unrecorded(&self, key: &TrieKey) -> Option<Value> {
        let key = key.to_vec();
        match self.written(&key) {
            Some(value) => value.cloned(),
            None => self.trie.get(&key).cloned(),
        }
    }

    pub fn get<T: BorshDeserialize>(&self, key: &TrieKey) -> Option<T> {
        self.get_raw(&key.to_vec()).map(|bytes| decoded(key, &bytes))
    }

    pub fn contains(&self, key: &TrieKey) -> bool {
        self.get_raw(&key.to_vec()).is_some()
    }

    pub fn set<T: BorshSerialize>(&mut self, key: TrieKey, value: &T) {
        let bytes = borsh::to_vec(value).expect("borsh into memory cannot fail");
        self.set_raw(key, bytes.into());
    }

    pub fn set_raw(&mut self, key: TrieKey, value: Value) {
        self.prospective.insert(key.to_vec(), Write { key, value: Some(value) });
    }

    pub fn remove(&mut self, key: TrieKey) {
        self.prospective.insert(key.to_vec(), Write { key, value: None });
    }

    /// Keeps what was written since the last commit, in the name of `cause`.
    pub fn commit(&mut self, cause: StateChangeCause) {
        for (bytes, write) in std::mem::take(&mut self.prospective) {
            let changed = self
                .committed
                .entry(bytes)
                .or_insert_with(|| Changed { key: write.key, versions: Vec::new() });
            changed.versions.push((cause.clone(), write.value));
        }
    }

    /// Forgets what was written since the last commit.
    pub fn rollback(&mut self) {
        self.prospective.clear();
    }

    /// All keys that start with `prefix`, as they are now.
    pub fn keys_with_prefix(&self, prefix: &[u8]) -> Vec<Vec<u8>> {
        let mut keys: BTreeSet<Vec<u8>> =
            self.trie.iter_prefix(prefix, None).map(|(key, _)| key).collect();
        for (key, changed) in under(&self.committed, prefix) {
            if changed.value().is_some() {
                keys.insert(key.clone())
            } else {
                keys.remove(key)
            };
        }
        for (key, write) in under(&self.prospective, prefix) {
            if write.value.is_some() {
                keys.insert(key.clone())
            } else {
                keys.remove(key)
            };
        }
        keys.into_iter().collect()
    }

    /// The value and what finding it costs in trie nodes; nothing when the chunk has written the key before.
    /// The value itself counts once it is read: `read_value`.
    pub fn lookup_counted(&self, key: &[u8]) -> (Option<Value>, NodeCounts, Option<CryptoHash>) {
        let mut counts = NodeCounts::default();
        if let Some(value) = self.written(key) {
            return (value.cloned(), counts, None);
        }
        let mut reads = self.reads.borrow_mut();
        let recording = self.recording;
        let value = self.trie.visit(key, |node| {
            reads.count(node.hash(), &mut counts);
            if recording {
                reads.record(node.hash(), node.serialized_len());
            }
        });
        let found = value.map(|value| (value.clone(), value.hash()));
        match found {
            None => (None, counts, None),
            Some((bytes, hash)) => (Some(bytes), counts, Some(hash)),
        }
    }

    /// Counts reading a value that came from the trie: from here on it is part of the storage proof.
    pub fn read_value(&self, hash: Option<CryptoHash>, len: usize, counts: &mut NodeCounts) {
        if let Some(hash) = hash {
            let mut reads = self.reads.borrow_mut();
            reads.count(hash, counts);
            if self.recording {
                reads.record(hash, len);
            }
        }
    }

    /// A flat read, as `storage_read` makes it: no nodes are counted. The hash is that of a value from the trie, which
    /// counts when it is read.
    pub fn read_flat(&self, key: &[u8]) -> Option<(Value, Option<CryptoHash>)> {
        if let Some(value) = self.written(key) {
            return value.map(|value| (value.clone(), None));
        }
        let mut reads = self.reads.borrow_mut();
        let recording = self.recording;
        let value = self.trie.visit(key, |node| {
            if recording {
                reads.record(node.hash(), node.serialized_len());
            }
        })?;
        Some((value.clone(), Some(value.hash())))
    }

    /// Notes a removal of contract data for the proof's upper bound.
    pub fn note_removal(&self) {
        self.reads.borrow_mut().removals += 1;
    }

    /// Upper bound of the size of the chunk's storage proof so far; 0 for views.
    pub fn proof_size(&self) -> usize {
        if !self.recording {
            return 0;
        }
        let reads = self.reads.borrow();
        reads.recorded_bytes + reads.removals * REMOVAL_PROOF_BYTES
    }

    /// Every committed key with its newest value.
    pub fn changed(&self) -> impl Iterator<Item = (&Vec<u8>, &TrieKey, Option<&[u8]>)> {
        self.committed
            .iter()
            .map(|(raw, changed)| (raw, &changed.key, changed.value().map(AsRef::as_ref)))
    }

    /// The new trie and what changed in it, in key order.
    pub fn finish(self) -> (Trie, Changes) {
        let (trie, rows) = self.finish_rows();
        (trie, Changes::of(rows))
    }

    /// The new trie and the rows that changed in it, with all their versions, in key order.
    pub fn finish_rows(mut self) -> (Trie, impl Iterator<Item = Changed>) {
        assert!(self.prospective.is_empty(), "a chunk ends with everything committed");
        let mut trie = self.trie;
        for (key, changed) in &self.committed {
            match changed.value() {
                Some(value) => trie.insert(key, value),
                None => trie.remove(key),
            }
        }
        for (key, changed) in &mut self.committed {
            // One piece of memory for both: the trie's.
            if let Some((_, value)) = changed.versions.last_mut() {
                *value = trie.get(key).cloned();
            }
        }
        (trie, self.committed.into_values())
    }
}

fn under<'a, V>(
    map: &'a BTreeMap<Vec<u8>, V>,
    prefix: &'a [u8],
) -> impl Iterator<Item = (&'a Vec<u8>, &'a V)> {
    map.range(prefix.to_vec()..).take_while(move |(key, _)| key.starts_with(prefix))
}

/// What a row of the state says. One that cannot be read is a defect of the chain.
pub fn decoded<T: BorshDeserialize>(key: &TrieKey, bytes: &[u8]) -> T {
    T::try_from_slice(bytes).unwrap_or_else(|error| panic!("state row {key:?}: {error}"))
}
