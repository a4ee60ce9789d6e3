//! Requests that wait, for Python.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::shared::Shared;
use crate::chain;
use crate::rpc::{self, Waiting};

/// A request that waits for blocks.
#[pyclass(frozen, module = "near_harness_engine._engine")]
pub struct Pending {
    pub(super) shared: Shared,
    pub(super) waiting: Mutex<Waiting>,
}

#[pymethods]
impl Pending {
    /// The answer, if it can be given by now.
    fn poll<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let polled = self.with(py, rpc::poll)?;
        polled.map(|(status, body)| answer(py, status, &body).map(Bound::into_any)).transpose()
    }

    /// Makes blocks, at most so many, until the answer can be given; and gives it.
    fn advance<'py>(&self, py: Python<'py>, most: u32) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = self.with(py, |chain, waiting| rpc::advance(chain, waiting, most))?;
        found.map(|(status, body)| answer(py, status, &body).map(Bound::into_any)).transpose()
    }

    /// The answer for a client that has waited too long.
    fn expire<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (status, body) = self.with(py, rpc::expire)?;
        answer(py, status, &body).map(Bound::into_any)
    }
}

impl Pending {
    fn with<R: Send>(
        &self,
        py: Python<'_>,
        f: impl FnOnce(&mut chain::Chain, &mut Waiting) -> R + Send,
    ) -> PyResult<R> {
        self.shared.with(py, |chain| {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            f(chain, &mut waiting)
        })
    }
}

/// HTTP status and body.
pub fn answer<'py>(
    py: Python<'py>,
    status: u16,
    body: &[u8],
) -> PyResult<Bound<'py, pyo3::types::PyTuple>> {
    (status, PyBytes::new(py, body)).into_pyobject(py)
}
