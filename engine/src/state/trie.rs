//! The trie as a value: reading, writing a changed copy.

use std::sync::Arc;

use near_primitives::hash::CryptoHash;

use super::node::{Branch, Node};
use super::path::Path;
use super::value::Value;
pub use super::walk::Entry;
use super::walk::{Entries, read_under};

/// An immutable trie; a clone is a pointer copy.
#[derive(Clone, Default)]
pub struct Trie {
    root: Option<Node>,
}

impl Trie {
    /// Hash of the root; all zeros for an empty trie.
    pub fn root_hash(&self) -> CryptoHash {
        self.root.as_ref().map(Node::hash).unwrap_or_default()
    }

    pub fn get(&self, key: &[u8]) -> Option<&Value> {
        self.visit(key, |_| ())
    }

    /// Looks `key` up and shows every node on the way, root first, down to the value or to the point where the
    /// path leaves the trie.
    pub fn visit(&self, key: &[u8], mut seen: impl FnMut(&Node)) -> Option<&Value> {
        let mut node = self.root.as_ref()?;
        let mut depth = 0;
        let len = key.len() * 2;
        loop {
            seen(node);
            match node {
                Node::Leaf(value) => {
                    let path = value.path();
                    return (depth + path.len() == len && matches(path, key, depth))
                        .then_some(value);
                }
                Node::Extension(extension) => {
                    let path = extension.path();
                    if depth + path.len() > len || !matches(path, key, depth) {
                        return None;
                    }
                    depth += path.len();
                    node = &extension.child;
                }
                Node::Branch(branch) => {
                    if depth == len {
                        return branch.value();
                    }
                    node = branch.child(nibble(key, depth))?;
                    depth += 1;
                }
            }
        }
    }

    pub fn insert(&mut self, key: &[u8], value: &Value) {
        let path = nibbles(key);
        self.root = Some(insert(self.root.as_ref(), &path, value));
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
        Box::new(Entries::new(self.root.as_ref(), nibbles(prefix), after.map(nibbles)))
    }

    /// A hash of everything under `prefix` that depends on nothing else: the form of the trie is canonical. All zeros where
    /// there is nothing.
    pub fn hash_under(&self, prefix: &[u8]) -> CryptoHash {
        self.under(prefix).map(|node| node.hash()).unwrap_or_default()
    }

    /// The trie of the keys that begin with `prefix`, without it.
    fn under(&self, prefix: &[u8]) -> Option<Node> {
        let prefix = nibbles(prefix);
        let (mut node, mut rest) = (self.root.as_ref()?, prefix.as_slice());
        loop {
            match node {
                _ if rest.is_empty() => return Some(node.clone()),
                Node::Leaf(value) => {
                    let path = value.path();
                    return (path.len() >= rest.len() && path.agrees(rest))
                        .then(|| Node::leaf(&path.nibbles()[rest.len()..], value));
                }
                Node::Extension(extension) => {
                    let path = extension.path();
                    if !path.agrees(rest) {
                        return None;
                    }
                    if path.len() > rest.len() {
                        let left = &path.nibbles()[rest.len()..];
                        return Some(Node::extension(left, extension.child.clone()));
                    }
                    rest = &rest[path.len()..];
                    node = &extension.child;
                }
                Node::Branch(branch) => {
                    node = branch.child(rest[0])?;
                    rest = &rest[1..];
                }
            }
        }
    }

    /// The serialized nodes and values that a reader of everything under `prefix` visits.
    pub fn proof(&self, prefix: &[u8]) -> Vec<Arc<[u8]>> {
        read_under(self.root.as_ref(), &nibbles(prefix))
    }
}

fn nibble(key: &[u8], index: usize) -> u8 {
    let byte = key[index / 2];
    if index.is_multiple_of(2) { byte >> 4 } else { byte & 15 }
}

fn matches(path: Path<'_>, key: &[u8], depth: usize) -> bool {
    depth + path.len() <= key.len() * 2
        && path.iter().enumerate().all(|(i, n)| n == nibble(key, depth + i))
}

fn nibbles(key: &[u8]) -> Vec<u8> {
    key.iter().flat_map(|byte| [byte >> 4, byte & 15]).collect()
}

fn joined(path: &[u8], tail: Path<'_>) -> Vec<u8> {
    path.iter().copied().chain(tail.iter()).collect()
}

fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

/// `path` in front of `node`, merged as the canonical form wants it.
fn extended(path: &[u8], node: Node) -> Node {
    if path.is_empty() {
        return node;
    }
    match &node {
        Node::Leaf(value) => Node::leaf(&joined(path, value.path()), value),
        Node::Extension(extension) => {
            Node::extension(&joined(path, extension.path()), extension.child.clone())
        }
        Node::Branch(_) => Node::extension(path, node),
    }
}

fn insert(node: Option<&Node>, path: &[u8], value: &Value) -> Node {
    match node {
        None => Node::leaf(path, value),
        Some(Node::Branch(branch)) => Node::Branch(match path.split_first() {
            None => branch.with_value(Some(value.clone())),
            Some((&first, rest)) => {
                branch.with_child(first, insert(branch.child(first), rest, value))
            }
        }),
        Some(Node::Leaf(old)) => {
            let tail = old.path().nibbles();
            if tail == path {
                return Node::leaf(path, value);
            }
            let shared = common(&tail, path);
            let branch = placed(&Branch::empty(None), &tail[shared..], old);
            extended(&path[..shared], Node::Branch(placed(&branch, &path[shared..], value)))
        }
        Some(Node::Extension(extension)) => {
            let tail = extension.path().nibbles();
            let shared = common(&tail, path);
            let child = &extension.child;
            if shared == tail.len() {
                let child = insert(Some(child), &path[shared..], value);
                return Node::extension(&tail, child);
            }
            let hung = extended(&tail[shared + 1..], child.clone());
            let branch = Branch::empty(None).with_child(tail[shared], hung);
            extended(&path[..shared], Node::Branch(placed(&branch, &path[shared..], value)))
        }
    }
}

/// The branch with a value under the first nibble of `rest`, or at itself where nothing of the path is left.
fn placed(branch: &Branch, rest: &[u8], value: &Value) -> Branch {
    match rest.split_first() {
        None => branch.with_value(Some(value.clone())),
        Some((&first, rest)) => branch.with_child(first, Node::leaf(rest, value)),
    }
}

/// The subtree without `path`, which is in it.
fn remove(node: &Node, path: &[u8]) -> Option<Node> {
    match node {
        Node::Leaf(_) => None,
        Node::Extension(extension) => {
            let tail = extension.path();
            remove(&extension.child, &path[tail.len()..])
                .map(|child| extended(&tail.nibbles(), child))
        }
        Node::Branch(branch) => {
            let branch = match path.split_first() {
                None => branch.with_value(None),
                Some((&first, rest)) => {
                    match branch.child(first).and_then(|child| remove(child, rest)) {
                        Some(child) => branch.with_child(first, child),
                        None => branch.without_child(first),
                    }
                }
            };
            match (branch.len(), branch.value()) {
                (0, None) => None,
                (0, Some(value)) => Some(Node::leaf(&[], value)),
                (1, None) => {
                    let (nibble, child) = branch.children().next()?;
                    Some(extended(&[nibble], child.clone()))
                }
                _ => Some(Node::Branch(branch)),
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
            trie.insert(key, &value.clone().into());
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
                    trie.insert(&key, &value.clone().into());
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
                let value: Value = vec![dice.roll(256) as u8; dice.roll(5) as usize].into();
                if let Some(rest) = key.strip_prefix(&[16, 1]) {
                    alone.insert(rest, &value);
                }
                trie.insert(&key, &value);
            }
            assert_eq!(trie.hash_under(&[16, 1]), alone.root_hash());
            assert_eq!(trie.hash_under(&[]), trie.root_hash());
        }
    }

    #[test]
    fn a_serialized_node_has_the_announced_length() {
        let mut trie = Trie::default();
        for i in 0..50u8 {
            trie.insert(&[i, i / 2, i / 3], &vec![i].into());
            trie.insert(&[i], &vec![i, i].into());
        }
        let mut nodes = 0;
        trie.visit(&[7, 3, 2], |node| {
            nodes += 1;
            assert_eq!(node.serialize().len(), node.serialized_len());
        });
        assert!(nodes > 2);
    }
}
