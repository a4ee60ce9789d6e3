//! The module `near_harness_engine._engine`: bytes in, bytes out; `_engine.pyi` is its description.
//!
//! Nothing here runs the engine with the GIL held or outside of [`guard::enter`].

mod chain;
mod deep;
mod explore;
#[cfg(unix)]
mod forks;
mod pending;
mod settings;
mod shared;
mod snapshot;

use std::time::{SystemTime, UNIX_EPOCH};

use pyo3::exceptions::{PyException, PyOverflowError, PyValueError};
use pyo3::prelude::*;
use pyo3::{create_exception, wrap_pyfunction};

use crate::chain::{protocol_versions as versions, sandbox_genesis as genesis};
use crate::debug_log;
use crate::guard::{self, Panicked};

create_exception!(
    near_harness_engine._engine,
    EngineError,
    PyException,
    "The engine refuses its input: a genesis, a path, a number. The text says what and why."
);
create_exception!(
    near_harness_engine._engine,
    EnginePanic,
    EngineError,
    "A defect of the engine itself: a Rust panic, with its message and place. The process is well afterwards."
);

create_exception!(
    near_harness_engine._engine,
    TakenOut,
    EnginePanic,
    "A panic at a transaction or receipt, which was taken out of the chain: the next blocks are made without it."
);

impl From<Panicked> for PyErr {
    fn from(panicked: Panicked) -> PyErr {
        EnginePanic::new_err(text(&panicked))
    }
}

fn text(panicked: &Panicked) -> String {
    format!(
        "the engine panicked: {panicked}. This is a defect of near-harness-engine {}, not of the test; the chain \
         is as it was before this call",
        env!("CARGO_PKG_VERSION")
    )
}

/// Runs `f` without the GIL and guarded.
fn run<R: Send>(py: Python<'_>, f: impl FnOnce() -> R + Send) -> PyResult<R> {
    Ok(py.detach(|| guard::enter(f))?)
}

/// The ``genesis.json`` that ``near-sandbox init`` writes: the validator account ``account_id`` and ``near``.
#[pyfunction]
#[pyo3(
    signature = (
        *, account_id = "sandbox", seed = Some("sandbox"), chain_id = "sandbox", protocol_version = 86,
        epoch_length = 60, time_ns = None
    ),
    // What PyO3 makes of `Some` is no default that stubtest could compare.
    text_signature = "(*, account_id='sandbox', seed='sandbox', chain_id='sandbox', protocol_version=86, \
                      epoch_length=60, time_ns=None)"
)]
fn sandbox_genesis(
    py: Python<'_>,
    account_id: &str,
    seed: Option<&str>,
    chain_id: &str,
    protocol_version: u32,
    epoch_length: u64,
    time_ns: Option<u64>,
) -> PyResult<String> {
    let time_ns = match time_ns {
        Some(time_ns) => time_ns,
        None => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_err(|_| PyValueError::new_err("the wall clock is before 1970"))
            .and_then(|time| {
                u64::try_from(time.as_nanos())
                    .map_err(|_| PyOverflowError::new_err("the wall clock is after 2554"))
            })?,
    };
    run(py, || genesis(account_id, seed, chain_id, protocol_version, epoch_length, time_ns))?
        .map_err(EngineError::new_err)
}

/// The oldest and the newest stable protocol version that the engine runs.
#[pyfunction]
fn protocol_versions(py: Python<'_>) -> PyResult<(u32, u32)> {
    run(py, versions)
}

/// Writes the log of nearcore's crates to standard error, as far as ``filter`` (of the form of ``RUST_LOG``) lets it through.
/// Once, and before the first chain.
#[pyfunction]
fn log_to_stderr(py: Python<'_>, filter: &str) -> PyResult<()> {
    run(py, || debug_log::write_to_stderr(filter))?.map_err(EngineError::new_err)
}

#[pymodule]
fn _engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("EngineError", py.get_type::<EngineError>())?;
    module.add("EnginePanic", py.get_type::<EnginePanic>())?;
    module.add("TakenOut", py.get_type::<TakenOut>())?;
    module.add_class::<chain::Chain>()?;
    module.add_class::<pending::Pending>()?;
    module.add_class::<snapshot::Snapshot>()?;
    module.add("Refused", py.get_type::<explore::Refused>())?;
    module.add_class::<explore::World>()?;
    module.add_class::<explore::Parcel>()?;
    module.add_class::<explore::Step>()?;
    module.add_function(wrap_pyfunction!(sandbox_genesis, module)?)?;
    module.add_function(wrap_pyfunction!(protocol_versions, module)?)?;
    module.add_function(wrap_pyfunction!(log_to_stderr, module)?)?;

    #[cfg(unix)]
    forks::register(py)?;
    Ok(())
}
