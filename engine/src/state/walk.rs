//! Walking through a trie: its entries in the order of their keys, and what a reader of them sees.

use std::sync::Arc;

use super::node::Node;
use super::value::Value;

/// A key with its value.
pub type Entry = (Vec<u8>, Value);

enum Step<'a> {
    Node(&'a Node),
    Value(&'a Value),
}

/// Depth-first walk; a subtree that cannot hold a wanted key is never entered. Paths are in nibbles.
pub struct Entries<'a> {
    stack: Vec<(Vec<u8>, Step<'a>)>,
    prefix: Vec<u8>,
    after: Option<Vec<u8>>,
}

impl<'a> Entries<'a> {
    /// Entries whose path starts with `prefix` and comes after `after`.
    pub fn new(root: Option<&'a Node>, prefix: Vec<u8>, after: Option<Vec<u8>>) -> Entries<'a> {
        let stack = root.map(|root| (Vec::new(), Step::Node(root))).into_iter().collect();
        Entries { stack, prefix, after }
    }

    fn may_hold(&self, path: &[u8]) -> bool {
        let shared = path.len().min(self.prefix.len());
        path[..shared] == self.prefix[..shared]
            && self
                .after
                .as_ref()
                .is_none_or(|after| path > after.as_slice() || after.starts_with(path))
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((mut path, step)) = self.stack.pop() {
            match step {
                Step::Value(value) => {
                    let wanted = path.starts_with(&self.prefix)
                        && self.after.as_ref().is_none_or(|after| path > *after);
                    if wanted {
                        return Some((bytes(&path), value.clone()));
                    }
                }
                Step::Node(Node::Leaf(value)) => {
                    path.extend(value.path().iter());
                    self.stack.push((path, Step::Value(value)));
                }
                Step::Node(Node::Extension(extension)) => {
                    path.extend(extension.path().iter());
                    if self.may_hold(&path) {
                        self.stack.push((path, Step::Node(&extension.child)));
                    }
                }
                Step::Node(Node::Branch(branch)) => {
                    for (nibble, child) in branch.children().rev() {
                        let mut next = path.clone();
                        next.push(nibble);
                        if self.may_hold(&next) {
                            self.stack.push((next, Step::Node(child)));
                        }
                    }
                    if let Some(value) = branch.value() {
                        self.stack.push((path, Step::Value(value)));
                    }
                }
            }
        }
        None
    }
}

fn bytes(nibbles: &[u8]) -> Vec<u8> {
    nibbles.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// The serialized nodes and values that a reader of everything under `prefix` visits.
pub fn read_under(root: Option<&Node>, prefix: &[u8]) -> Vec<Arc<[u8]>> {
    let mut out: Vec<Arc<[u8]>> = Vec::new();
    let mut stack: Vec<(usize, &Node)> = root.map(|root| (0, root)).into_iter().collect();
    while let Some((depth, node)) = stack.pop() {
        out.push(node.serialize().into());
        let rest = prefix.get(depth..).unwrap_or_default();
        match node {
            Node::Leaf(value) => {
                let path = value.path();
                if path.len() >= rest.len() && path.agrees(rest) {
                    out.push((**value).into());
                }
            }
            Node::Extension(extension) => {
                let path = extension.path();
                if path.agrees(rest) {
                    stack.push((depth + path.len(), &extension.child));
                }
            }
            Node::Branch(branch) => match rest.first() {
                Some(&next) => {
                    if let Some(child) = branch.child(next) {
                        stack.push((depth + 1, child));
                    }
                }
                None => {
                    out.extend(branch.value().map(|value| Arc::from(&**value)));
                    stack.extend(branch.children().rev().map(|(_, child)| (depth + 1, child)));
                }
            },
        }
    }
    out
}
