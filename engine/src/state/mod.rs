//! The state: a persistent Merkle Patricia trie of nearcore's shape, and the overlay that receipts write to.

mod changes;
mod ids;
mod node;
mod overlay;
mod path;
mod trie;
mod value;
mod walk;

pub use changes::{Changed, Changes};
pub use overlay::{NodeCounts, Overlay, decoded};
pub use trie::{Entry, Trie};
pub use value::Value;
