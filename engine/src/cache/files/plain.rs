//! The same files without nearcore's cache, for Windows: that is made of calls that only Unix has.
//!
//! Loaded modules cannot be kept as there, since nobody but nearcore can make a memory cache for its VM. The code is kept
//! instead: a call costs making it a module again, and no reading.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use near_primitives_core::hash::CryptoHash;
use near_vm_runner::{CompiledContract, CompiledContractInfo, ContractRuntimeCache};

use super::super::entry::CODE_TAG;
use super::{DISK_BYTES, MODULES};

/// What nearcore writes after the reason why a contract cannot be compiled, before the size of the wasm.
const ERROR_TAG: u8 = b'\n';

/// The tag and the size of the wasm.
const END: usize = 9;

/// A folder of compiled contracts; a clone is the same one.
#[derive(Clone)]
pub struct Files(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    loaded: Mutex<HashMap<CryptoHash, CompiledContractInfo>>,
}

/// The cache of the files in the folder `name` of `dir`.
pub fn open(dir: &Path, name: &str) -> io::Result<Files> {
    let folder = dir.join(name);
    trim(&folder, DISK_BYTES)?;
    Ok(Files(Arc::new(Inner { folder, loaded: Mutex::default() })))
}

/// Whether the VM finds a contract without reading a file.
pub fn is_loaded(files: &Files, key: &CryptoHash) -> bool {
    files.loaded().contains_key(key)
}

/// What a file says, in nearcore's format.
fn parse(mut bytes: Vec<u8>) -> io::Result<CompiledContractInfo> {
    let damaged = || io::Error::new(ErrorKind::InvalidData, "no compiled contract");
    let payload = bytes.len().checked_sub(END).ok_or_else(damaged)?;
    let wasm_bytes = u64::from_le_bytes(bytes[payload + 1..].try_into().map_err(|_| damaged())?);
    let tag = bytes[payload];
    bytes.truncate(payload);
    let compiled = match tag {
        CODE_TAG => CompiledContract::Code(bytes),
        ERROR_TAG => CompiledContract::CompileModuleError(borsh::from_slice(&bytes)?),
        _ => return Err(damaged()),
    };
    Ok(CompiledContractInfo { wasm_bytes, compiled })
}

impl Files {
    fn file(&self, key: &CryptoHash) -> PathBuf {
        self.0.folder.join(key.to_string())
    }

    fn loaded(&self) -> MutexGuard<'_, HashMap<CryptoHash, CompiledContractInfo>> {
        self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ContractRuntimeCache for Files {
    fn handle(&self) -> Box<dyn ContractRuntimeCache> {
        Box::new(self.clone())
    }

    fn put(&self, key: &CryptoHash, value: CompiledContractInfo) -> io::Result<()> {
        let (mut bytes, tag) = match value.compiled {
            CompiledContract::Code(code) => (code, CODE_TAG),
            CompiledContract::CompileModuleError(error) => (borsh::to_vec(&error)?, ERROR_TAG),
        };
        bytes.push(tag);
        bytes.extend(value.wasm_bytes.to_le_bytes());
        self.loaded().remove(key);
        fs::write(self.file(key), bytes)
    }

    fn get(&self, key: &CryptoHash) -> io::Result<Option<CompiledContractInfo>> {
        if let Some(value) = self.loaded().get(key) {
            return Ok(Some(value.clone()));
        }
        let value = match fs::read(self.file(key)) {
            Ok(bytes) => parse(bytes)?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        // For `trim`. Whoever cannot write there has nothing to trim either.
        let _ = File::options()
            .write(true)
            .open(self.file(key))
            .and_then(|file| file.set_modified(SystemTime::now()));
        let mut loaded = self.loaded();
        if loaded.len() >= MODULES {
            loaded.clear();
        }
        loaded.insert(*key, value.clone());
        Ok(Some(value))
    }
}

/// Removes what was not used for the longest time, until no more than `most` bytes are left.
fn trim(folder: &Path, most: u64) -> io::Result<()> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // One that has gone meanwhile needs no removing.
        if let Ok(found) = entry.metadata().and_then(|found| Ok((found.modified()?, found.len()))) {
            entries.push((found, entry.path()));
        }
    }
    entries.sort();
    let mut bytes: u64 = entries.iter().map(|((_, bytes), _)| bytes).sum();
    for ((_, size), path) in entries {
        if bytes <= most {
            break;
        }
        bytes -= size;
        let _ = fs::remove_file(path);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use near_vm_runner::logic::errors::{CompilationError, PrepareError};

    use super::super::super::entry::Entry;
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("near-plain-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("compiled")).unwrap();
        folder
    }

    fn code(bytes: &[u8]) -> CompiledContractInfo {
        CompiledContractInfo { wasm_bytes: 7, compiled: CompiledContract::Code(bytes.to_vec()) }
    }

    #[test]
    fn what_was_put_is_found_by_another_process_and_then_loaded() {
        let folder = folder("found");
        let key = CryptoHash::hash_bytes(b"a contract");
        let first = open(&folder, "compiled").unwrap();
        assert_eq!(first.get(&key).unwrap(), None);
        first.put(&key, code(b"native")).unwrap();
        let second = open(&folder, "compiled").unwrap();
        assert!(!is_loaded(&second, &key));
        assert_eq!(second.get(&key).unwrap(), Some(code(b"native")));
        assert!(is_loaded(&second, &key));
        fs::remove_file(second.file(&key)).unwrap();
        assert_eq!(second.get(&key).unwrap(), Some(code(b"native")), "and nobody needs the file");
        assert_eq!(fs::read_dir(folder.join("compiled")).unwrap().count(), 0, "nothing is left");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_put_again_is_read_again() {
        let folder = folder("again");
        let key = CryptoHash::hash_bytes(b"a contract");
        let files = open(&folder, "compiled").unwrap();
        files.put(&key, code(b"old")).unwrap();
        files.get(&key).unwrap();
        files.put(&key, code(b"new")).unwrap();
        assert_eq!(files.get(&key).unwrap(), Some(code(b"new")));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_files_are_nearcores() {
        let folder = folder("format");
        let key = CryptoHash::hash_bytes(b"a contract");
        Entry::of(&folder.join("compiled"), &key).write_code(b"native", 7).unwrap();
        let files = open(&folder, "compiled").unwrap();
        assert_eq!(files.get(&key).unwrap(), Some(code(b"native")));
        let written = fs::read(files.file(&key)).unwrap();
        files.put(&key, code(b"native")).unwrap();
        assert_eq!(fs::read(files.file(&key)).unwrap(), written);

        let error = PrepareError::Deserialization;
        let failed = CompiledContractInfo {
            wasm_bytes: 9,
            compiled: CompiledContract::CompileModuleError(CompilationError::PrepareError(error)),
        };
        files.put(&key, failed.clone()).unwrap();
        assert_eq!(files.get(&key).unwrap(), Some(failed));

        fs::write(files.file(&key), b"short").unwrap();
        files.loaded().clear();
        assert_eq!(files.get(&key).unwrap_err().kind(), ErrorKind::InvalidData);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_longest_unused_goes_first() {
        let folder = folder("trim");
        let files = open(&folder, "compiled").unwrap();
        let keys = [b"a", b"b", b"c"].map(|name| CryptoHash::hash_bytes(name));
        for (age, key) in keys.iter().enumerate() {
            files.put(key, code(&[0; 1000])).unwrap();
            let file = File::options().write(true).open(files.file(key)).unwrap();
            let hours = Duration::from_secs(3600 * (age as u64 + 1));
            file.set_modified(SystemTime::now() - hours).unwrap();
        }
        files.get(&keys[2]).unwrap(); // the oldest, used now
        trim(&folder.join("compiled"), 2_100).unwrap();
        assert_eq!(keys.map(|key| files.file(&key).exists()), [true, false, true]);
        fs::remove_dir_all(folder).unwrap();
    }
}
