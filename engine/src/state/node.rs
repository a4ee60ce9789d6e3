//! Nodes of the trie: immutable, shared, hashed when first asked, each in one piece of memory.
//!
//! The serialized form (and so every hash) is nearcore's `RawTrieNodeWithSize`: runtime_spec 4.5.

use std::sync::{Arc, OnceLock};

use near_primitives::hash::{CryptoHash, hash};
use triomphe::ThinArc;

use super::path::Path;
use super::value::Value;

/// nearcore's `TrieCosts`: what a node adds to the memory usage that is part of its hash.
const NODE_COST: u64 = 50;
const BYTE_OF_KEY: u64 = 2;

/// A node; a clone is a pointer.
#[derive(Clone)]
pub enum Node {
    /// A value at the end of its path.
    Leaf(Value),
    /// A path that all below have in common.
    Extension(Arc<Extension>),
    Branch(Branch),
}

pub struct Extension {
    path: Box<[u8]>,
    /// A branch: extensions never follow each other, nor lead to leaves.
    pub child: Node,
    hash: OnceLock<CryptoHash>,
}

/// Up to sixteen ways on, and perhaps a value: only the children that exist, in the order of their nibbles.
#[derive(Clone)]
pub struct Branch(ThinArc<BranchHead, Node>);

struct BranchHead {
    hash: OnceLock<CryptoHash>,
    mask: u16,
    memory_usage: u64,
    value: Option<Value>,
}

impl Extension {
    pub fn path(&self) -> Path<'_> {
        Path::of(&self.path)
    }
}

impl Branch {
    /// One without children.
    pub fn empty(value: Option<Value>) -> Branch {
        Branch::of(0, value, std::iter::empty())
    }

    fn of(
        mask: u16,
        value: Option<Value>,
        children: impl ExactSizeIterator<Item = Node> + Clone,
    ) -> Branch {
        let memory_usage = NODE_COST
            + children.clone().map(|child| child.memory_usage()).sum::<u64>()
            + value.as_ref().map_or(0, value_usage);
        let head = BranchHead { hash: OnceLock::new(), mask, memory_usage, value };
        Branch(ThinArc::from_header_and_iter(head, children))
    }

    fn head(&self) -> &BranchHead {
        &self.0.header.header
    }

    fn nodes(&self) -> &[Node] {
        &self.0.slice
    }

    pub fn value(&self) -> Option<&Value> {
        self.head().value.as_ref()
    }

    fn index(&self, nibble: u8) -> usize {
        (self.head().mask & ((1u16 << nibble) - 1)).count_ones() as usize
    }

    fn leads(&self, nibble: u8) -> bool {
        self.head().mask >> nibble & 1 == 1
    }

    pub fn child(&self, nibble: u8) -> Option<&Node> {
        self.leads(nibble).then(|| &self.nodes()[self.index(nibble)])
    }

    /// A copy in which `nibble` leads to `child`.
    pub fn with_child(&self, nibble: u8, child: Node) -> Branch {
        let (at, there) = (self.index(nibble), usize::from(self.leads(nibble)));
        let nodes = self.nodes();
        let children = (0..nodes.len() + 1 - there).map(|place| {
            match place.cmp(&at) {
                std::cmp::Ordering::Less => &nodes[place],
                std::cmp::Ordering::Equal => &child,
                std::cmp::Ordering::Greater => &nodes[place - 1 + there],
            }
            .clone()
        });
        Branch::of(self.head().mask | 1 << nibble, self.head().value.clone(), children)
    }

    /// A copy in which `nibble`, which leads somewhere, leads nowhere.
    pub fn without_child(&self, nibble: u8) -> Branch {
        let (at, nodes) = (self.index(nibble), self.nodes());
        let children =
            (0..nodes.len() - 1).map(|place| nodes[place + usize::from(place >= at)].clone());
        Branch::of(self.head().mask & !(1 << nibble), self.head().value.clone(), children)
    }

    /// A copy with this value, or none.
    pub fn with_value(&self, value: Option<Value>) -> Branch {
        Branch::of(self.head().mask, value, self.nodes().iter().cloned())
    }

    pub fn children(&self) -> impl DoubleEndedIterator<Item = (u8, &Node)> {
        (0..16u8).filter_map(|nibble| self.child(nibble).map(|node| (nibble, node)))
    }

    pub fn len(&self) -> usize {
        self.nodes().len()
    }
}

fn value_usage(value: &Value) -> u64 {
    value.len() as u64 + NODE_COST
}

impl Node {
    pub fn leaf(path: &[u8], value: &Value) -> Node {
        Node::Leaf(value.at(path))
    }

    /// `child` is a branch.
    pub fn extension(path: &[u8], child: Node) -> Node {
        let mut packed = Vec::new();
        Path::pack(path, &mut packed);
        Node::Extension(Arc::new(Extension { path: packed.into(), child, hash: OnceLock::new() }))
    }

    /// What nearcore counts for the subtree; a part of what is hashed.
    fn memory_usage(&self) -> u64 {
        match self {
            Node::Leaf(value) => {
                NODE_COST + BYTE_OF_KEY * value.path().encoded_len() + value_usage(value)
            }
            Node::Extension(extension) => {
                let path = extension.path().encoded_len();
                NODE_COST + BYTE_OF_KEY * path + extension.child.memory_usage()
            }
            Node::Branch(branch) => branch.head().memory_usage,
        }
    }

    pub fn hash(&self) -> CryptoHash {
        let make = || hash(&self.serialize());
        match self {
            Node::Leaf(value) => value.leaf_hash(make),
            Node::Extension(extension) => *extension.hash.get_or_init(make),
            Node::Branch(branch) => *branch.head().hash.get_or_init(make),
        }
    }

    /// Length of the serialized form, without serializing.
    pub fn serialized_len(&self) -> usize {
        8 + 1
            + match self {
                Node::Leaf(value) => 4 + value.path().encoded_len() as usize + 36,
                Node::Extension(extension) => 4 + extension.path().encoded_len() as usize + 32,
                Node::Branch(branch) => {
                    2 + 32 * branch.len() + if branch.value().is_some() { 36 } else { 0 }
                }
            }
    }

    /// nearcore's borsh form of the node.
    pub fn serialize(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.serialized_len());
        match self {
            Node::Leaf(value) => {
                out.push(0);
                value.path().serialize(&mut out, true);
                push_value(&mut out, value);
            }
            Node::Branch(branch) => {
                match branch.value() {
                    None => out.push(1),
                    Some(value) => {
                        out.push(2);
                        push_value(&mut out, value);
                    }
                }
                out.extend_from_slice(&branch.head().mask.to_le_bytes());
                for child in branch.nodes() {
                    out.extend_from_slice(child.hash().as_ref());
                }
            }
            Node::Extension(extension) => {
                out.push(3);
                extension.path().serialize(&mut out, false);
                out.extend_from_slice(extension.child.hash().as_ref());
            }
        }
        out.extend_from_slice(&self.memory_usage().to_le_bytes());
        out
    }
}

fn push_value(out: &mut Vec<u8>, value: &Value) {
    out.extend_from_slice(&(value.len() as u32).to_le_bytes());
    out.extend_from_slice(value.hash().as_ref());
}
