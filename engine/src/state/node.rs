//! Nodes of the trie: immutable, shared, hashed when first asked.
//!
//! The serialized form (and so every hash) is nearcore's `RawTrieNodeWithSize`: runtime_spec 4.5.

use std::sync::{Arc, OnceLock};

use near_primitives::hash::{CryptoHash, hash};

/// nearcore's `TrieCosts`: what a node adds to the memory usage that is part of its hash.
const NODE_COST: u64 = 50;
const BYTE_OF_KEY: u64 = 2;

/// A value with its hash, as leaves and branches refer to it.
#[derive(Clone)]
pub struct Value {
    pub bytes: Arc<[u8]>,
    pub hash: CryptoHash,
}

impl Value {
    pub fn new(bytes: Arc<[u8]>) -> Value {
        let hash = hash(&bytes);
        Value { bytes, hash }
    }

    fn memory_usage(&self) -> u64 {
        self.bytes.len() as u64 + NODE_COST
    }
}

/// The children of a branch: only those that exist, in the order of their nibbles.
#[derive(Clone, Default)]
pub struct Children {
    mask: u16,
    nodes: Box<[Arc<Node>]>,
}

impl Children {
    fn index(&self, nibble: u8) -> usize {
        (self.mask & ((1u16 << nibble) - 1)).count_ones() as usize
    }

    pub fn get(&self, nibble: u8) -> Option<&Arc<Node>> {
        (self.mask >> nibble & 1 == 1).then(|| &self.nodes[self.index(nibble)])
    }

    /// A copy in which `nibble` leads to `child`, or nowhere.
    pub fn with(&self, nibble: u8, child: Option<Arc<Node>>) -> Children {
        let at = self.index(nibble);
        let present = self.mask >> nibble & 1 == 1;
        let mut nodes = Vec::with_capacity(self.nodes.len() + 1);
        nodes.extend_from_slice(&self.nodes[..at]);
        let mask = match child {
            Some(child) => {
                nodes.push(child);
                self.mask | 1 << nibble
            }
            None => self.mask & !(1 << nibble),
        };
        nodes.extend_from_slice(&self.nodes[at + present as usize..]);
        Children { mask, nodes: nodes.into() }
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u8, &Arc<Node>)> {
        (0..16u8).filter_map(|nibble| self.get(nibble).map(|node| (nibble, node)))
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }
}

/// The three shapes of a node. Paths are nibbles, one a byte.
pub enum Kind {
    Leaf { path: Box<[u8]>, value: Value },
    Extension { path: Box<[u8]>, child: Arc<Node> },
    Branch { children: Children, value: Option<Value> },
}

pub struct Node {
    pub kind: Kind,
    memory_usage: u64,
    hash: OnceLock<CryptoHash>,
}

impl Node {
    pub fn new(kind: Kind) -> Arc<Node> {
        let memory_usage = NODE_COST
            + match &kind {
                Kind::Leaf { path, value } => {
                    BYTE_OF_KEY * encoded_len(path) + value.memory_usage()
                }
                Kind::Extension { path, child } => {
                    BYTE_OF_KEY * encoded_len(path) + child.memory_usage
                }
                Kind::Branch { children, value } => {
                    children.nodes.iter().map(|child| child.memory_usage).sum::<u64>()
                        + value.as_ref().map_or(0, Value::memory_usage)
                }
            };
        Arc::new(Node { kind, memory_usage, hash: OnceLock::new() })
    }

    pub fn leaf(path: &[u8], value: Value) -> Arc<Node> {
        Node::new(Kind::Leaf { path: path.into(), value })
    }

    pub fn hash(&self) -> CryptoHash {
        *self.hash.get_or_init(|| hash(&self.serialize()))
    }

    /// Length of the serialized form, without serializing.
    pub fn serialized_len(&self) -> usize {
        8 + 1
            + match &self.kind {
                Kind::Leaf { path, .. } => 4 + encoded_len(path) as usize + 36,
                Kind::Extension { path, .. } => 4 + encoded_len(path) as usize + 32,
                Kind::Branch { children, value } => {
                    2 + 32 * children.len() + if value.is_some() { 36 } else { 0 }
                }
            }
    }

    /// nearcore's borsh form of the node.
    pub fn serialize(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.serialized_len());
        match &self.kind {
            Kind::Leaf { path, value } => {
                out.push(0);
                push_path(&mut out, path, true);
                push_value(&mut out, value);
            }
            Kind::Branch { children, value } => {
                match value {
                    None => out.push(1),
                    Some(value) => {
                        out.push(2);
                        push_value(&mut out, value);
                    }
                }
                out.extend_from_slice(&children.mask.to_le_bytes());
                for child in &children.nodes {
                    out.extend_from_slice(child.hash().as_ref());
                }
            }
            Kind::Extension { path, child } => {
                out.push(3);
                push_path(&mut out, path, false);
                out.extend_from_slice(child.hash().as_ref());
            }
        }
        out.extend_from_slice(&self.memory_usage.to_le_bytes());
        out
    }
}

fn encoded_len(path: &[u8]) -> u64 {
    path.len() as u64 / 2 + 1
}

fn push_path(out: &mut Vec<u8>, path: &[u8], leaf: bool) {
    out.extend_from_slice(&(encoded_len(path) as u32).to_le_bytes());
    let odd = path.len() % 2 == 1;
    let mut first = if leaf { 0x20 } else { 0 };
    if odd {
        first |= 0x10 | path[0];
    }
    out.push(first);
    for pair in path[odd as usize..].chunks_exact(2) {
        out.push(pair[0] << 4 | pair[1]);
    }
}

fn push_value(out: &mut Vec<u8>, value: &Value) {
    out.extend_from_slice(&(value.bytes.len() as u32).to_le_bytes());
    out.extend_from_slice(value.hash.as_ref());
}
