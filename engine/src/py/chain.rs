//! The chain for Python.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use near_primitives::hash::CryptoHash;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::deep::Deep;
use super::pending::{Pending, answer};
use super::shared::Shared;
use super::snapshot::Snapshot;
use super::{EngineError, explore, run, settings};
use crate::cache::contract_cache;
use crate::chain::{self, BlockMode, Chosen, Options};
use crate::rpc::{self, Answer};

/// Blocks that are made before Python gets a chance to act on Ctrl-C.
const BLOCKS_AT_A_TIME: u64 = 64;

/// The height of a block, the account, its method, and what that has printed.
type Printed = (u64, String, String, String);

/// One chain of one shard. Every call releases the GIL; calls from several threads queue.
#[pyclass(frozen, module = "near_harness_engine._engine")]
pub struct Chain {
    shared: Shared,
    chain_id: String,
    protocol_version: u32,
}

#[pymethods]
impl Chain {
    #[new]
    #[pyo3(signature = (
        genesis, *, blocks = "auto", clock = "steps", cache_dir = None, rpc_addr = None, node_public_key = None,
        validator_key = None, max_gas_burnt_view = None, config = None, gc_num_epochs_to_keep = None,
    ))]
    #[allow(clippy::too_many_arguments)] // They are named in Python.
    fn new(
        py: Python<'_>,
        genesis: &str,
        blocks: &str,
        clock: &str,
        cache_dir: Option<PathBuf>,
        rpc_addr: Option<String>,
        node_public_key: Option<&str>,
        validator_key: Option<&str>,
        max_gas_burnt_view: Option<u64>,
        config: Option<&str>,
        gc_num_epochs_to_keep: Option<u64>,
    ) -> PyResult<Self> {
        let node = settings::node(
            rpc_addr,
            node_public_key,
            validator_key,
            max_gas_burnt_view,
            config,
            gc_num_epochs_to_keep,
        )?;
        let (blocks, clock) = (settings::blocks(blocks)?, settings::clock(clock)?);
        let chain = run(py, || {
            let cache = contract_cache(cache_dir.as_deref())?;
            let options = Options { blocks, clock, cache, debug_log: Arc::default(), node };
            chain::Chain::new(genesis, options)
        })?
        .map_err(EngineError::new_err)?;
        Ok(Self {
            chain_id: chain.chain_id().to_owned(),
            protocol_version: chain.protocol_version(),
            shared: Shared::new(chain),
        })
    }

    /// Answers one JSON-RPC request: HTTP status and body, or something to wait on.
    fn request<'py>(&self, py: Python<'py>, body: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        match self.shared.with(py, |chain| rpc::handle(chain, body))? {
            Answer::Now(status, body) => answer(py, status, &body).map(Bound::into_any),
            Answer::Later(waiting) => {
                let pending = Pending { shared: self.shared.clone(), waiting: Mutex::new(waiting) };
                Bound::new(py, pending).map(Bound::into_any)
            }
        }
    }

    /// Answers ``GET path``: HTTP status, content type, body.
    fn get<'py>(
        &self,
        py: Python<'py>,
        path: &str,
    ) -> PyResult<(u16, &'static str, Bound<'py, PyBytes>)> {
        let (status, kind, body) = self.shared.with(py, |chain| rpc::get(chain, path))?;
        Ok((status, kind, PyBytes::new(py, &body)))
    }

    /// Makes blocks.
    #[pyo3(signature = (count = 1))]
    fn produce_blocks(&self, py: Python<'_>, count: i64) -> PyResult<()> {
        let mut left = u64::try_from(count)
            .map_err(|_| EngineError::new_err(format!("count={count}: blocks are not unmade")))?;
        while left > 0 {
            let now = left.min(BLOCKS_AT_A_TIME);
            self.shared.with(py, |chain| (0..now).for_each(|_| chain.produce_block()))?;
            left -= now;
            py.check_signals()?;
        }
        Ok(())
    }

    /// Moves the height forward by `count`, as `sandbox_fast_forward` does: most of the heights have no block.
    fn skip_heights(&self, py: Python<'_>, count: u64) -> PyResult<()> {
        let target = self.shared.with(py, |chain| chain.height_after(count))?;
        let target = target.map_err(EngineError::new_err)?;
        while !self.shared.with(py, |chain| chain.skip_towards(target, BLOCKS_AT_A_TIME))? {
            py.check_signals()?;
        }
        Ok(())
    }

    /// Makes a block of exactly these transactions of the pool and receipts, by their hashes and ids in base58.
    #[pyo3(signature = (*, transactions = Vec::new(), receipts = Vec::new(), overtaking = false))]
    fn produce_block_of(
        &self,
        py: Python<'_>,
        transactions: Vec<String>,
        receipts: Vec<String>,
        overtaking: bool,
    ) -> PyResult<()> {
        let parse = |texts: Vec<String>| {
            texts
                .iter()
                .map(|text| text.parse().map_err(|error| format!("{text:?} is no hash: {error}")))
                .collect::<Result<Vec<CryptoHash>, String>>()
        };
        self.shared
            .with(py, |chain| {
                let (transactions, receipts) = (parse(transactions)?, parse(receipts)?);
                chain.produce_block_of(Chosen { transactions, receipts, overtaking })
            })?
            .map_err(EngineError::new_err)
    }

    /// What has not run yet, as JSON.
    fn pending<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let json = self.shared.with(py, |chain| serde_json::to_vec(&chain.pending()))?;
        let json = json.map_err(|error| EngineError::new_err(error.to_string()))?;
        Ok(PyBytes::new(py, &json))
    }

    /// Lets blocks come on demand only; or, with False, in the chain's own way again.
    fn pause(&self, py: Python<'_>, paused: bool) -> PyResult<()> {
        self.shared.with(py, |chain| chain.pause(paused))
    }

    /// Chooses the time (nanoseconds since 1970) and the random value (32 bytes) of the next block, and the time from block
    /// to block (nanoseconds); what is None stays.
    #[pyo3(signature = (*, timestamp = None, random = None, step = None))]
    fn set_next(
        &self,
        py: Python<'_>,
        timestamp: Option<u64>,
        random: Option<&[u8]>,
        step: Option<u64>,
    ) -> PyResult<()> {
        let random: Option<[u8; 32]> = random
            .map(|bytes| {
                bytes.try_into().map_err(|_| {
                    EngineError::new_err(format!(
                        "a random value of {} bytes: it has 32",
                        bytes.len()
                    ))
                })
            })
            .transpose()?;
        self.shared
            .with(py, |chain| chain.set_next(timestamp, random, step))?
            .map_err(EngineError::new_err)
    }

    /// Makes ``blocks`` blocks, equally long, the last of them at ``timestamp`` (nanoseconds since 1970).
    fn produce_until(&self, py: Python<'_>, timestamp: u64, blocks: u64) -> PyResult<()> {
        let now = self.timestamp(py)?;
        if blocks == 0 || timestamp.saturating_sub(now) < blocks {
            return Err(EngineError::new_err(format!(
                "{blocks} blocks from {now} ns to {timestamp} ns: each is at least one nanosecond later"
            )));
        }
        let mut left = blocks;
        while left > 0 {
            let now = left.min(BLOCKS_AT_A_TIME);
            self.shared.with(py, |chain| {
                (0..now).for_each(|made| chain.produce_towards(timestamp, left - made));
            })?;
            left -= now;
            py.check_signals()?;
        }
        Ok(())
    }

    /// Makes blocks until the epoch has this height.
    fn produce_to_epoch(&self, py: Python<'_>, epoch_height: u64) -> PyResult<()> {
        while !self
            .shared
            .with(py, |chain| chain.produce_to_epoch(epoch_height, BLOCKS_AT_A_TIME))?
        {
            py.check_signals()?;
        }
        Ok(())
    }

    /// From now on notes what each block is made of.
    fn keep_journal(&self, py: Python<'_>) -> PyResult<()> {
        self.shared.with(py, chain::Chain::keep_journal)
    }

    /// What was noted since the last time: heights and entries, oldest first.
    fn take_journal<'py>(&self, py: Python<'py>) -> PyResult<Vec<(u64, Bound<'py, PyBytes>)>> {
        let entries = self.shared.with(py, chain::Chain::take_journal)?;
        Ok(entries.into_iter().map(|(height, entry)| (height, PyBytes::new(py, &entry))).collect())
    }

    /// Makes the blocks of entries again, oldest first.
    fn replay(&self, py: Python<'_>, entries: Vec<Vec<u8>>) -> PyResult<()> {
        self.shared
            .with(py, |chain| entries.iter().try_for_each(|entry| chain.replay(entry)))?
            .map_err(EngineError::new_err)
    }

    /// All accounts, keys, code and data after the newest block, as the JSON of a genesis' records.
    fn records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let json = self.shared.with(py, |chain| serde_json::to_vec(&chain.records()))?;
        let json = json.map_err(|error| EngineError::new_err(error.to_string()))?;
        Ok(PyBytes::new(py, &json))
    }

    /// The chain as it is now.
    fn snapshot(&self, py: Python<'_>) -> PyResult<Snapshot> {
        let chain = self.shared.with(py, |chain| chain.clone())?;
        Ok(Snapshot { height: chain.height(), chain: Mutex::new(Deep::new(chain)) })
    }

    /// The snapshot in the bytes of a file, to be restored on this chain; and the note that was saved with it.
    fn load<'py>(&self, py: Python<'py>, file: &[u8]) -> PyResult<(Snapshot, Bound<'py, PyBytes>)> {
        let version = self.protocol_version;
        let (chain, note) = self
            .shared
            .with(py, |chain| {
                let (loaded, note) = chain::Chain::load(file, chain.options().clone())?;
                if loaded.protocol_version() != version {
                    return Err(format!(
                        "the saved chain runs protocol version {}, and this one {version}, which never changes: start the \
                         node with that version",
                        loaded.protocol_version(),
                    ));
                }
                Ok((loaded, note))
            })?
            .map_err(EngineError::new_err)?;
        let snapshot = Snapshot { height: chain.height(), chain: Mutex::new(Deep::new(chain)) };
        Ok((snapshot, PyBytes::new(py, &note)))
    }

    /// The state after the newest block, for running receipts in any order. Nothing may be on its way.
    #[pyo3(signature = (*, time_outs = false))]
    fn world(&self, py: Python<'_>, time_outs: bool) -> PyResult<explore::World> {
        let world = self.shared.with(py, |chain| crate::explore::World::of(chain, time_outs))?;
        Ok(explore::World::new(world.map_err(EngineError::new_err)?))
    }

    /// Puts the chain back to what it was when ``snapshot`` was taken.
    fn restore(&self, py: Python<'_>, snapshot: &Snapshot) -> PyResult<()> {
        self.shared.with(py, |chain| {
            let mut kept = snapshot.chain.lock().unwrap_or_else(PoisonError::into_inner);
            chain.restore(kept.get_mut());
        })
    }

    /// Whether transactions wait for a block to take them.
    #[getter]
    fn pooled(&self, py: Python<'_>) -> PyResult<bool> {
        self.shared.with(py, |chain| chain.pooled())
    }

    /// Whether transactions wait whose key has not used the numbers before theirs.
    #[getter]
    fn gapped(&self, py: Python<'_>) -> PyResult<bool> {
        self.shared.with(py, |chain| chain.gapped())
    }

    /// Whether further blocks change anything by themselves.
    #[getter]
    fn in_flight(&self, py: Python<'_>) -> PyResult<bool> {
        self.shared.with(py, |chain| chain.in_flight())
    }

    /// What contracts have printed with ``sandbox_debug_log``: how many texts there have been, and those from number ``since``
    /// on: height, account, method, text.
    #[pyo3(signature = (since = 0))]
    fn debug_log(&self, py: Python<'_>, since: u64) -> PyResult<(u64, Vec<Printed>)> {
        let (total, prints) =
            self.shared.with(py, |chain| chain.options().debug_log.since(since))?;
        let prints = prints
            .into_iter()
            .map(|print| (print.height, print.account_id.to_string(), print.method, print.text));
        Ok((total, prints.collect()))
    }

    /// The height of the newest block.
    #[getter]
    fn height(&self, py: Python<'_>) -> PyResult<u64> {
        self.shared.with(py, |chain| chain.height())
    }

    /// The time of the newest block, in nanoseconds since 1970.
    #[getter]
    fn timestamp(&self, py: Python<'_>) -> PyResult<u64> {
        self.shared.with(py, |chain| chain.head().facts.timestamp)
    }

    /// Nanoseconds from block to block.
    #[getter]
    fn step(&self, py: Python<'_>) -> PyResult<u64> {
        self.shared.with(py, |chain| chain.step())
    }

    /// The height of the epoch of the newest block: 1 for the first.
    #[getter]
    fn epoch_height(&self, py: Python<'_>) -> PyResult<u64> {
        self.shared.with(py, |chain| chain.head().epoch.height)
    }

    /// Whether blocks come on demand only for now.
    #[getter]
    fn paused(&self, py: Python<'_>) -> PyResult<bool> {
        self.shared.with(py, |chain| chain.mode() == BlockMode::Manual)
    }

    /// The name that the genesis gives the chain.
    #[getter]
    fn chain_id(&self) -> &str {
        &self.chain_id
    }

    /// The protocol version that the chain runs, for as long as it lives.
    #[getter]
    fn protocol_version(&self) -> u32 {
        self.protocol_version
    }

    /// From now on each receipt that is executed at this account panics: see :meth:`_panic_for_tests`.
    fn _panic_at_for_tests(&self, py: Python<'_>, account_id: &str) -> PyResult<()> {
        let account_id = account_id
            .parse()
            .map_err(|error| EngineError::new_err(format!("{account_id:?}: {error}")))?;
        self.shared.with(py, |chain| chain.panic_at(account_id))
    }

    /// Makes a block and panics, so that tests can see what a defect of the engine does to its caller.
    fn _panic_for_tests(&self, py: Python<'_>, message: &str) -> PyResult<()> {
        self.shared.with(py, |chain| {
            chain.produce_block();
            panic!("{message}")
        })
    }
}
