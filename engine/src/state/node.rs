//! Nodes of the trie: immutable, shared, hashed when first asked.
//!
//! The serialized form (and so every hash) is nearcore's `RawTrieNodeWithSize`: runtime_spec 4.5.

use std::sync::{Arc, OnceLock};

use near_primitives::hash::{CryptoHash, hash};

use super::path::Path;

/// nearcore's `TrieCosts`: what a node adds to the memory usage that is part of its hash.
const NODE_COST: u64 = 50;
const BYTE_OF_KEY: u64 = 2;

/// Values up to this length are hashed anew when their hash is asked for: storing it would take more than they do.
const SMALL: usize = 128;

/// A value, as leaves and branches refer to it.
#[derive(Clone)]
pub enum Value {
    Small(Arc<[u8]>),
    Large(Arc<(CryptoHash, Arc<[u8]>)>),
}

impl Value {
    pub fn new(bytes: Arc<[u8]>) -> Value {
        if bytes.len() <= SMALL {
            return Value::Small(bytes);
        }
        Value::Large(Arc::new((hash(&bytes), bytes)))
    }

    pub fn bytes(&self) -> &Arc<[u8]> {
        match self {
            Value::Small(bytes) => bytes,
            Value::Large(hashed) => &hashed.1,
        }
    }

    pub fn hash(&self) -> CryptoHash {
        match self {
            Value::Small(bytes) => hash(bytes),
            Value::Large(hashed) => hashed.0,
        }
    }

    fn memory_usage(&self) -> u64 {
        self.bytes().len() as u64 + NODE_COST
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

/// The three shapes of a node. There are far more leaves than others, so that the others keep apart what leaves lack.
pub enum Kind {
    Leaf { path: Path, value: Value },
    Extension { path: Path, child: Arc<Node> },
    Branch(Box<Branch>),
}

pub struct Branch {
    pub children: Children,
    pub value: Option<Value>,
    memory_usage: u64,
}

pub struct Node {
    pub kind: Kind,
    hash: OnceLock<CryptoHash>,
}

impl Node {
    fn new(kind: Kind) -> Arc<Node> {
        Arc::new(Node { kind, hash: OnceLock::new() })
    }

    pub fn leaf(path: &[u8], value: Value) -> Arc<Node> {
        Node::new(Kind::Leaf { path: Path::new(path), value })
    }

    /// `child` is a branch: extensions never follow each other, nor lead to leaves.
    pub fn extension(path: &[u8], child: Arc<Node>) -> Arc<Node> {
        Node::new(Kind::Extension { path: Path::new(path), child })
    }

    pub fn branch(children: Children, value: Option<Value>) -> Arc<Node> {
        let memory_usage = NODE_COST
            + children.nodes.iter().map(|child| child.memory_usage()).sum::<u64>()
            + value.as_ref().map_or(0, Value::memory_usage);
        Node::new(Kind::Branch(Box::new(Branch { children, value, memory_usage })))
    }

    /// What nearcore counts for the subtree; a part of what is hashed.
    fn memory_usage(&self) -> u64 {
        match &self.kind {
            Kind::Leaf { path, value } => {
                NODE_COST + BYTE_OF_KEY * path.encoded_len() + value.memory_usage()
            }
            Kind::Extension { path, child } => {
                NODE_COST + BYTE_OF_KEY * path.encoded_len() + child.memory_usage()
            }
            Kind::Branch(branch) => branch.memory_usage,
        }
    }

    pub fn hash(&self) -> CryptoHash {
        *self.hash.get_or_init(|| hash(&self.serialize()))
    }

    /// Length of the serialized form, without serializing.
    pub fn serialized_len(&self) -> usize {
        8 + 1
            + match &self.kind {
                Kind::Leaf { path, .. } => 4 + path.encoded_len() as usize + 36,
                Kind::Extension { path, .. } => 4 + path.encoded_len() as usize + 32,
                Kind::Branch(branch) => {
                    2 + 32 * branch.children.len() + if branch.value.is_some() { 36 } else { 0 }
                }
            }
    }

    /// nearcore's borsh form of the node.
    pub fn serialize(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.serialized_len());
        match &self.kind {
            Kind::Leaf { path, value } => {
                out.push(0);
                path.serialize(&mut out, true);
                push_value(&mut out, value);
            }
            Kind::Branch(branch) => {
                let Branch { children, value, .. } = branch.as_ref();
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
                path.serialize(&mut out, false);
                out.extend_from_slice(child.hash().as_ref());
            }
        }
        out.extend_from_slice(&self.memory_usage().to_le_bytes());
        out
    }
}

fn push_value(out: &mut Vec<u8>, value: &Value) {
    out.extend_from_slice(&(value.bytes().len() as u32).to_le_bytes());
    out.extend_from_slice(value.hash().as_ref());
}
