//! nearcore's cache of files, which keeps loaded modules in memory.

use std::io;
use std::path::Path;

use near_primitives_core::hash::CryptoHash;
use near_vm_runner::{
    ContractRuntimeCache, FilesystemContractRuntimeCache, noop_background_spawner,
};

use super::{DISK_BYTES, MODULES};

pub type Files = FilesystemContractRuntimeCache;

/// The cache of the files in the folder `name` of `dir`.
pub fn open(dir: &Path, name: &str) -> io::Result<Files> {
    Files::with_memory_cache(
        dir,
        // Whatever is at this place below the folder, nearcore would take over: nothing is.
        Some("nothing-to-migrate"),
        name,
        MODULES,
        None,
        DISK_BYTES,
        noop_background_spawner(),
    )
}

/// Whether the VM finds a contract without reading a file.
pub fn is_loaded(files: &Files, key: &CryptoHash) -> bool {
    files.memory_cache().contains(*key)
}
