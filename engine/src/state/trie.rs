//! The trie as a value: reading, writing a changed copy, walking.

use std::sync::Arc;

use near_primitives::hash::CryptoHash;

use super::node::{Children, Kind, Node, Value};
use super::path::Path;

/// A key with its value.
pub type Entry = (Vec<u8>, Arc<[u8]>);

/// An immutable trie; a clone is a pointer copy.
#[derive(Clone, Default)]
pub struct Trie {
    root: Option<Arc<Node>>,
}

impl Trie {
    /// Hash of the root; all zeros for an empty trie.
    pub fn root_hash(&self) -> CryptoHash {
        self.root.as_ref().map(|root| root.hash()).unwrap_or_default()
    }

    pub fn get(&self, key: &[u8]) -> Option<Arc<[u8]>> {
        self.visit(key, |_| ()).map(|value| value.bytes().clone())
    }

    /// Looks `key` up and shows every node on the way, root first, down to the value or to the point where the
    /// path leaves the trie.
    pub fn visit(&self, key: &[u8], mut seen: impl FnMut(&Node)) -> Option<&Value> {
        let mut node = self.root.as_ref()?;
        let mut depth = 0;
        let len = key.len() * 2;
        loop {
            seen(node);
            match &node.kind {
                Kind::Leaf { path, value } => {
                    return (depth + path.len() == len && matches(path, key, depth))
                        .then_some(value);
                }
                Kind::Extension { path, child } => {
                    if depth + path.len() > len || !matches(path, key, depth) {
                        return None;
                    }
                    depth += path.len();
                    node = child;
                }
                Kind::Branch(branch) => {
                    if depth == len {
                        return branch.value.as_ref();
                    }
                    node = branch.children.get(nibble(key, depth))?;
                    depth += 1;
                }
            }
        }
    }

    pub fn insert(&mut self, key: &[u8], value: Arc<[u8]>) {
        let path = nibbles(key);
        self.root = Some(insert(self.root.as_ref(), &path, Value::new(value)));
    }

    pub fn remove(&mut self, key: &[u8]) {
        if self.get(key).is_none() {
            return;
        }
        let path = nibbles(key);
        self.root = self.root.as_ref().and_then(|root| remove(root, &path));
    }

    /// Entries whose key starts with `prefix`, in key order, after `after` (exclusive) when given.
    pub fn iter_prefix<'a>(
        &'a self,
        prefix: &[u8],
        after: Option<&[u8]>,
    ) -> Box<dyn Iterator<Item = Entry> + 'a> {
        let prefix = nibbles(prefix);
        let after = after.map(nibbles);
        let mut stack = Vec::new();
        if let Some(root) = &self.root {
            stack.push((Vec::new(), Step::Node(root)));
        }
        Box::new(Entries { stack, prefix, after })
    }

    /// A hash of everything under `prefix` that depends on nothing else: the form of the trie is canonical. All zeros where
    /// there is nothing.
    pub fn hash_under(&self, prefix: &[u8]) -> CryptoHash {
        self.under(prefix).map(|node| node.hash()).unwrap_or_default()
    }

    /// The trie of the keys that begin with `prefix`, without it.
    fn under(&self, prefix: &[u8]) -> Option<Arc<Node>> {
        let prefix = nibbles(prefix);
        let (mut node, mut rest) = (self.root.as_ref()?, prefix.as_slice());
        loop {
            match &node.kind {
                _ if rest.is_empty() => return Some(node.clone()),
                Kind::Leaf { path, value } => {
                    return (path.len() >= rest.len() && path.agrees(rest))
                        .then(|| Node::leaf(&path.nibbles()[rest.len()..], value.clone()));
                }
                Kind::Extension { path, child } => {
                    if !path.agrees(rest) {
                        return None;
                    }
                    if path.len() > rest.len() {
                        let left = &path.nibbles()[rest.len()..];
                        return Some(Node::extension(left, child.clone()));
                    }
                    rest = &rest[path.len()..];
                    node = child;
                }
                Kind::Branch(branch) => {
                    node = branch.children.get(rest[0])?;
                    rest = &rest[1..];
                }
            }
        }
    }

    /// The serialized nodes and values that a reader of everything under `prefix` visits.
    pub fn proof(&self, prefix: &[u8]) -> Vec<Arc<[u8]>> {
        let prefix = nibbles(prefix);
        let mut out = Vec::new();
        let mut stack: Vec<(usize, &Arc<Node>)> = self.root.iter().map(|root| (0, root)).collect();
        while let Some((depth, node)) = stack.pop() {
            out.push(node.serialize().into());
            let rest = prefix.get(depth..).unwrap_or_default();
            match &node.kind {
                Kind::Leaf { path, value } => {
                    if path.len() >= rest.len() && path.agrees(rest) {
                        out.push(value.bytes().clone());
                    }
                }
                Kind::Extension { path, child } => {
                    if path.agrees(rest) {
                        stack.push((depth + path.len(), child));
                    }
                }
                Kind::Branch(branch) => match rest.first() {
                    Some(&next) => {
                        if let Some(child) = branch.children.get(next) {
                            stack.push((depth + 1, child));
                        }
                    }
                    None => {
                        out.extend(branch.value.iter().map(|value| value.bytes().clone()));
                        let children = branch.children.iter().rev();
                        stack.extend(children.map(|(_, child)| (depth + 1, child)));
                    }
                },
            }
        }
        out
    }
}

enum Step<'a> {
    Node(&'a Arc<Node>),
    Value(&'a Value),
}

/// Depth-first walk; a subtree that cannot hold a wanted key is never entered.
struct Entries<'a> {
    stack: Vec<(Vec<u8>, Step<'a>)>,
    prefix: Vec<u8>,
    after: Option<Vec<u8>>,
}

impl Entries<'_> {
    fn may_hold(&self, path: &[u8]) -> bool {
        let shared = path.len().min(self.prefix.len());
        path[..shared] == self.prefix[..shared]
            && self
                .after
                .as_ref()
                .is_none_or(|after| path > after.as_slice() || after.starts_with(path))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((mut path, step)) = self.stack.pop() {
            match step {
                Step::Value(value) => {
                    let wanted = path.starts_with(&self.prefix)
                        && self.after.as_ref().is_none_or(|after| path > *after);
                    if wanted {
                        return Some((bytes(&path), value.bytes().clone()));
                    }
                }
                Step::Node(node) => match &node.kind {
                    Kind::Leaf { path: tail, value } => {
                        path.extend(tail.iter());
                        self.stack.push((path, Step::Value(value)));
                    }
                    Kind::Extension { path: tail, child } => {
                        path.extend(tail.iter());
                        if self.may_hold(&path) {
                            self.stack.push((path, Step::Node(child)));
                        }
                    }
                    Kind::Branch(branch) => {
                        for (nibble, child) in branch.children.iter().rev() {
                            let mut next = path.clone();
                            next.push(nibble);
                            if self.may_hold(&next) {
                                self.stack.push((next, Step::Node(child)));
                            }
                        }
                        if let Some(value) = &branch.value {
                            self.stack.push((path, Step::Value(value)));
                        }
                    }
                },
            }
        }
        None
    }
}

fn nibble(key: &[u8], index: usize) -> u8 {
    let byte = key[index / 2];
    if index.is_multiple_of(2) { byte >> 4 } else { byte & 15 }
}

fn matches(path: &Path, key: &[u8], depth: usize) -> bool {
    depth + path.len() <= key.len() * 2
        && path.iter().enumerate().all(|(i, n)| n == nibble(key, depth + i))
}

fn nibbles(key: &[u8]) -> Vec<u8> {
    key.iter().flat_map(|byte| [byte >> 4, byte & 15]).collect()
}

fn bytes(nibbles: &[u8]) -> Vec<u8> {
    nibbles.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn joined(path: &[u8], tail: &Path) -> Vec<u8> {
    path.iter().copied().chain(tail.iter()).collect()
}

fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

/// `path` in front of `node`, merged as the canonical form wants it.
fn extended(path: &[u8], node: Arc<Node>) -> Arc<Node> {
    if path.is_empty() {
        return node;
    }
    match &node.kind {
        Kind::Leaf { path: tail, value } => Node::leaf(&joined(path, tail), value.clone()),
        Kind::Extension { path: tail, child } => {
            Node::extension(&joined(path, tail), child.clone())
        }
        Kind::Branch(_) => Node::extension(path, node),
    }
}

fn insert(node: Option<&Arc<Node>>, path: &[u8], value: Value) -> Arc<Node> {
    let Some(node) = node else {
        return Node::leaf(path, value);
    };
    match &node.kind {
        Kind::Branch(branch) => match path.split_first() {
            None => Node::branch(branch.children.clone(), Some(value)),
            Some((&first, rest)) => {
                let child = insert(branch.children.get(first), rest, value);
                Node::branch(branch.children.with(first, Some(child)), branch.value.clone())
            }
        },
        Kind::Leaf { path: tail, value: old } => {
            let tail = tail.nibbles();
            if tail == path {
                return Node::leaf(path, value);
            }
            let shared = common(&tail, path);
            let branch = place(
                Children::default(),
                None,
                &tail[shared..],
                |rest| Node::leaf(rest, old.clone()),
                Some(old),
            );
            fork(branch, &path[shared..], value, &path[..shared])
        }
        Kind::Extension { path: tail, child } => {
            let tail = tail.nibbles();
            let shared = common(&tail, path);
            if shared == tail.len() {
                let child = insert(Some(child), &path[shared..], value);
                return Node::extension(&tail, child);
            }
            let branch = place(
                Children::default(),
                None,
                &tail[shared..],
                |rest| extended(rest, child.clone()),
                None,
            );
            fork(branch, &path[shared..], value, &path[..shared])
        }
    }
}

/// Puts what hung at `rest` under its first nibble, or at the branch itself when nothing of its path is left.
fn place(
    children: Children,
    value: Option<Value>,
    rest: &[u8],
    make: impl FnOnce(&[u8]) -> Arc<Node>,
    here: Option<&Value>,
) -> (Children, Option<Value>) {
    match rest.split_first() {
        None => (children, here.cloned().or(value)),
        Some((&first, rest)) => (children.with(first, Some(make(rest))), value),
    }
}

fn fork(
    (children, old): (Children, Option<Value>),
    rest: &[u8],
    value: Value,
    shared: &[u8],
) -> Arc<Node> {
    let (children, value) =
        place(children, old, rest, |rest| Node::leaf(rest, value.clone()), Some(&value));
    extended(shared, Node::branch(children, value))
}

/// The subtree without `path`, which is in it.
fn remove(node: &Arc<Node>, path: &[u8]) -> Option<Arc<Node>> {
    match &node.kind {
        Kind::Leaf { .. } => None,
        Kind::Extension { path: tail, child } => {
            remove(child, &path[tail.len()..]).map(|child| extended(&tail.nibbles(), child))
        }
        Kind::Branch(branch) => {
            let (children, value) = (&branch.children, &branch.value);
            let (children, value) = match path.split_first() {
                None => (children.clone(), None),
                Some((&first, rest)) => {
                    let child = children.get(first).and_then(|child| remove(child, rest));
                    (children.with(first, child), value.clone())
                }
            };
            match (children.len(), value) {
                (0, None) => None,
                (0, Some(value)) => Some(Node::leaf(&[], value)),
                (1, None) => {
                    let (nibble, child) = children.iter().next()?;
                    Some(extended(&[nibble], child.clone()))
                }
                (_, value) => Some(Node::branch(children, value)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Deterministic pseudo-random bytes: no dependency for a test.
    struct Dice(u64);
    impl Dice {
        fn roll(&mut self, sides: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (self.0 >> 33) % sides
        }
    }

    fn rebuilt(model: &BTreeMap<Vec<u8>, Vec<u8>>) -> Trie {
        let mut trie = Trie::default();
        for (key, value) in model.iter().rev() {
            trie.insert(key, value.clone().into());
        }
        trie
    }

    #[test]
    fn any_history_gives_the_canonical_trie() {
        let mut dice = Dice(7);
        for _ in 0..60 {
            let mut trie = Trie::default();
            let mut model = BTreeMap::new();
            for _ in 0..120 {
                let key: Vec<u8> = (0..dice.roll(4) + 1)
                    .map(|_| [0u8, 1, 16, 17, 255][dice.roll(5) as usize])
                    .collect();
                if dice.roll(3) == 0 {
                    trie.remove(&key);
                    model.remove(&key);
                } else {
                    let value = vec![dice.roll(256) as u8; dice.roll(5) as usize];
                    trie.insert(&key, value.clone().into());
                    model.insert(key, value);
                }
                let seen: Vec<_> =
                    trie.iter_prefix(&[], None).map(|(k, v)| (k, v.to_vec())).collect();
                let want: Vec<_> = model.clone().into_iter().collect();
                assert_eq!(seen, want);
            }
            assert_eq!(trie.root_hash(), rebuilt(&model).root_hash());
            for key in model.keys().cloned().collect::<Vec<_>>() {
                let after: Vec<_> = trie.iter_prefix(&key[..1], Some(&key)).map(|e| e.0).collect();
                let want: Vec<_> = model
                    .keys()
                    .filter(|k| **k > key && k.starts_with(&key[..1]))
                    .cloned()
                    .collect();
                assert_eq!(after, want);
            }
            for key in model.keys() {
                trie.remove(key);
            }
            assert_eq!(trie.root_hash(), CryptoHash::default());
        }
    }

    #[test]
    fn the_hash_of_a_part_depends_on_that_part_only() {
        let mut dice = Dice(11);
        for _ in 0..200 {
            let mut trie = Trie::default();
            let mut alone = Trie::default();
            for _ in 0..dice.roll(40) {
                let key: Vec<u8> = (0..dice.roll(4) + 1)
                    .map(|_| [1u8, 2, 16, 18][dice.roll(4) as usize])
                    .collect();
                let value: Arc<[u8]> = vec![dice.roll(256) as u8; dice.roll(5) as usize].into();
                if let Some(rest) = key.strip_prefix(&[16, 1]) {
                    alone.insert(rest, value.clone());
                }
                trie.insert(&key, value);
            }
            assert_eq!(trie.hash_under(&[16, 1]), alone.root_hash());
            assert_eq!(trie.hash_under(&[]), trie.root_hash());
        }
    }

    #[test]
    fn a_serialized_node_has_the_announced_length() {
        let mut trie = Trie::default();
        for i in 0..50u8 {
            trie.insert(&[i, i / 2, i / 3], vec![i].into());
            trie.insert(&[i], vec![i, i].into());
        }
        let mut nodes = 0;
        trie.visit(&[7, 3, 2], |node| {
            nodes += 1;
            assert_eq!(node.serialize().len(), node.serialized_len());
        });
        assert!(nodes > 2);
    }
}
