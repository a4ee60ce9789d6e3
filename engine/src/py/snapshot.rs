//! Snapshots for Python.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::deep::Deep;
use super::{EngineError, run};
use crate::chain;

/// A chain at one moment: everything, by pointer. Valid for any Chain of the same process.
#[pyclass(frozen, module = "near_harness_engine._engine")]
pub struct Snapshot {
    pub(super) chain: Mutex<Deep<chain::Chain>>,
    pub(super) height: u64,
}

#[pymethods]
impl Snapshot {
    /// The height of the newest block.
    #[getter]
    fn height(&self) -> u64 {
        self.height
    }

    /// Everything as the bytes of a file, with a note of the caller's, for ``Chain.load`` of any process.
    #[pyo3(signature = (note = b"".as_slice()), text_signature = "($self, note=b'')")]
    fn save<'py>(&self, py: Python<'py>, note: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let file = run(py, || {
            let chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner).get().clone();
            chain.save(note)
        })?
        .map_err(EngineError::new_err)?;
        Ok(PyBytes::new(py, &file))
    }
}
