//! A chain that several Python objects share, and what a panic does to it.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;

use super::deep::Deep;
use super::run;
use crate::chain;

/// A chain that several Python objects share.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<Deep<chain::Chain>>>);

impl Shared {
    pub fn new(chain: chain::Chain) -> Self {
        Self(Arc::new(Mutex::new(Deep::new(chain))))
    }

    /// Runs `f` on the chain. Should it panic, the chain is what it was before: the copy is a pointer.
    pub fn with<R: Send>(
        &self,
        py: Python<'_>,
        f: impl FnOnce(&mut chain::Chain) -> R + Send,
    ) -> PyResult<R> {
        run(py, || {
            // A poisoned lock is no reason to refuse: whoever panicked has put the chain back.
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let chain = held.get_mut();
            let mut undo = Undo { before: Some(chain.clone()), chain };
            let result = f(undo.chain);
            undo.before = None;
            result
        })
    }
}

/// Puts a chain back when it is dropped before it was told that all went well.
struct Undo<'a> {
    chain: &'a mut chain::Chain,
    before: Option<chain::Chain>,
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            *self.chain = before;
        }
    }
}
