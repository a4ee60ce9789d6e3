//! Forks of the Python process wait for the runs of the engine, and runs for forks.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3::wrap_pyfunction;

use crate::guard;

#[pyfunction]
fn before_fork(py: Python<'_>) {
    // Threads that run need the GIL to come to their end, and this one waits for them.
    py.detach(guard::fork::before);
}

#[pyfunction]
fn after_fork() {
    guard::fork::after();
}

/// Has Python call the two whenever it forks.
pub fn register(py: Python<'_>) -> PyResult<()> {
    let hooks = PyDict::new(py);
    let after = wrap_pyfunction!(after_fork, py)?;
    hooks.set_item("before", wrap_pyfunction!(before_fork, py)?)?;
    hooks.set_item("after_in_parent", &after)?;
    hooks.set_item("after_in_child", after)?;
    py.import("os")?.call_method("register_at_fork", (), Some(&hooks))?;
    Ok(())
}
