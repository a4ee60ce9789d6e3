//! Compiled contracts: on disk for all processes of a user, in memory for all chains of a process.
//!
//! nearcore's `FilesystemContractRuntimeCache` is the only public cache of near-vm-runner that also keeps loaded
//! modules in memory, and it can be neither wrapped nor extended there (the type of its memory part has no public
//! name). So it stays what the VM sees ([`files`]), and [`ContractCache`] stands in front: an entry that is damaged ([`Entry`]) never
//! reaches the VM. It counts as missing and is compiled again.

mod entry;
mod files;
mod folder;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use near_parameters::vm::Config;
use near_primitives_core::hash::CryptoHash;
use near_vm_runner::logic::GasCounter;
use near_vm_runner::{
    CompiledContract, CompiledContractInfo, Contract, ContractRuntimeCache, NoContractRuntimeCache,
    PreparedContract,
};

use crate::guard;
use entry::Entry;
use files::Files;
use folder::{Identity, identity, make_private, sweep};

/// Where the entries are, below the folder that the user names.
const FOLDER: &str = "compiled";

/// A cache of compiled contracts; a clone is the same one.
#[derive(Clone)]
pub struct ContractCache(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    /// Whether entries stay on disk once they are loaded.
    keep: bool,
    opened: RwLock<Opened>,
    keys: Mutex<Keys>,
}

/// The keys of entries that were asked for before: to compute one, nearcore hashes everything that its VM depends on. By
/// the place of the configuration in memory, which is why that is kept, and the hash of the code.
type Keys = HashMap<(usize, CryptoHash), (Arc<Config>, CryptoHash)>;

struct Opened {
    files: Files,
    /// To notice that the folder was deleted.
    folder: Identity,
}

/// The cache whose files are below `dir`; with none, compiled contracts are kept in memory only.
///
/// Calls with the same folder in one process give the same cache, so that a second chain finds contracts loaded.
pub fn contract_cache(dir: Option<&Path>) -> Result<Arc<ContractCache>, String> {
    /// By folder, and by whether files are kept.
    type Caches = HashMap<(PathBuf, bool), Arc<ContractCache>>;
    static CACHES: Mutex<Option<Caches>> = Mutex::new(None);
    let (dir, keep) = match dir {
        Some(dir) => (dir.to_owned(), true),
        // nearcore's cache loads from files only: each is removed as soon as it is loaded.
        None => (folder::temporary(), false),
    };
    let dir = std::path::absolute(&dir)
        .map_err(|error| format!("cache_dir {}: {error}", dir.display()))?;
    let mut caches = CACHES.lock().unwrap_or_else(PoisonError::into_inner);
    let caches = caches.get_or_insert_default();
    if let Some(cache) = caches.get(&(dir.clone(), keep)) {
        return Ok(Arc::clone(cache));
    }
    let cache = ContractCache::open(dir.clone(), keep).map_err(|error| {
        format!("compiled contracts cannot be kept in {}: {error}", dir.display())
    })?;
    sweep(&dir.join(FOLDER));
    let cache = Arc::new(cache);
    caches.insert((dir, keep), Arc::clone(&cache));
    Ok(cache)
}

impl ContractCache {
    fn open(dir: PathBuf, keep: bool) -> io::Result<Self> {
        let opened = RwLock::new(open(&dir)?);
        Ok(Self(Arc::new(Inner { dir, keep, opened, keys: Mutex::default() })))
    }

    /// As `near_vm_runner::prepare`: finds the compiled contract in memory or on disk, or compiles it.
    ///
    /// A folder that cannot be written to costs time (the contract is compiled at every call) and nothing else.
    pub fn prepare(
        &self,
        contract: &(dyn Contract + Sync),
        config: Arc<Config>,
        gas_counter: GasCounter,
        method: &str,
    ) -> Box<dyn PreparedContract> {
        let key = self.key(&config, contract.hash());
        let loaded = self.opened();
        if files::is_loaded(&loaded, &key) {
            return near_vm_runner::prepare(contract, config, Some(&loaded), gas_counter, method);
        }
        let prepared = match &self.make_ready(contract, &config, &key) {
            Some(files) => {
                near_vm_runner::prepare(contract, config, Some(files), gas_counter, method)
            }
            None => guard::compiling(|| {
                let cache = &NoContractRuntimeCache;
                near_vm_runner::prepare(contract, config, Some(cache), gas_counter, method)
            }),
        };
        if !self.0.keep {
            self.entry(&key).remove();
        }
        prepared
    }

    /// Makes sure that the entry on disk is there and undamaged, for the VM to load; `None` where that cannot be.
    fn make_ready(
        &self,
        contract: &(dyn Contract + Sync),
        config: &Arc<Config>,
        key: &CryptoHash,
    ) -> Option<Files> {
        let files = self.files().ok()?;
        if !self.entry(key).intact() {
            // A contract without code is the VM's to report.
            if let Some(code) = contract.get_code() {
                guard::compiling(|| {
                    near_vm_runner::precompile_contract(&code, Arc::clone(config), Some(self))
                })
                .ok()?
                .ok();
                if !self.entry(key).intact() {
                    return None;
                }
            }
        }
        Some(files)
    }

    fn key(&self, config: &Arc<Config>, code_hash: CryptoHash) -> CryptoHash {
        let mut keys = self.0.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let known = keys
            .entry((Arc::as_ptr(config).addr(), code_hash))
            .or_insert_with(|| (Arc::clone(config), cache_key(config, code_hash)));
        known.1
    }

    fn opened(&self) -> Files {
        let opened = self.0.opened.read().unwrap_or_else(PoisonError::into_inner);
        opened.files.clone()
    }

    /// The cache on a folder that is there: made again where somebody has deleted it.
    fn files(&self) -> io::Result<Files> {
        let mut opened = self.0.opened.write().unwrap_or_else(PoisonError::into_inner);
        if identity(&self.0.dir.join(FOLDER)).ok() != Some(opened.folder) {
            *opened = open(&self.0.dir)?;
        }
        Ok(opened.files.clone())
    }

    fn entry(&self, key: &CryptoHash) -> Entry {
        Entry::of(&self.0.dir.join(FOLDER), key)
    }
}

/// What the disk holds, behind checksums. Loaded modules are with the VM's own cache, see [`ContractCache::prepare`].
impl ContractRuntimeCache for ContractCache {
    fn handle(&self) -> Box<dyn ContractRuntimeCache> {
        Box::new(self.clone())
    }

    fn put(&self, key: &CryptoHash, value: CompiledContractInfo) -> io::Result<()> {
        let files = self.files()?;
        let entry = self.entry(key);
        match &value.compiled {
            CompiledContract::Code(code) => entry.write_code(code, value.wasm_bytes),
            CompiledContract::CompileModuleError(_) => {
                files.put(key, value)?;
                entry.seal_as_it_is()
            }
        }
    }

    fn get(&self, key: &CryptoHash) -> io::Result<Option<CompiledContractInfo>> {
        if self.has(key)? { self.files()?.get(key) } else { Ok(None) }
    }

    fn has(&self, key: &CryptoHash) -> io::Result<bool> {
        Ok(self.entry(key).intact())
    }
}

/// The key under which nearcore stores a contract, which it tells nobody but the cache.
fn cache_key(config: &Arc<Config>, code_hash: CryptoHash) -> CryptoHash {
    struct Probe(OnceLock<CryptoHash>);

    impl ContractRuntimeCache for Probe {
        fn handle(&self) -> Box<dyn ContractRuntimeCache> {
            Box::new(NoContractRuntimeCache)
        }
        fn put(&self, _: &CryptoHash, _: CompiledContractInfo) -> io::Result<()> {
            Ok(())
        }
        fn get(&self, _: &CryptoHash) -> io::Result<Option<CompiledContractInfo>> {
            Ok(None)
        }
        fn has(&self, key: &CryptoHash) -> io::Result<bool> {
            Ok(*self.0.get_or_init(|| *key) == *key)
        }
    }

    let probe = Probe(OnceLock::new());
    near_vm_runner::contract_cached(Arc::clone(config), &probe, code_hash)
        .ok()
        .and_then(|_| probe.0.into_inner())
        .expect("nearcore asks its cache whether it has a contract")
}

fn open(dir: &Path) -> io::Result<Opened> {
    let folder = dir.join(FOLDER);
    make_private(&folder)?;
    let files = files::open(dir, FOLDER)?;
    Ok(Opened { files, folder: identity(&folder)? })
}
