//! The files of compiled contracts, and the contracts that were loaded from them: what the VM sees as its cache.
//!
//! That is nearcore's own cache, which there is not on Windows; see [`plain`].

#[cfg(not(windows))]
mod nearcore;
#[cfg(any(windows, test))]
mod plain;

#[cfg(not(windows))]
pub use nearcore::{Files, is_loaded, open};
#[cfg(windows)]
pub use plain::{Files, is_loaded, open};

/// On disk; the least recently used go first, when the next process starts.
const DISK_BYTES: u64 = 1 << 30;

/// In memory. nearcore keeps four times as many, of 16 MiB each on average: no test session gets there.
const MODULES: usize = 256;
