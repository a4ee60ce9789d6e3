//! A chain that several Python objects share, and what a panic does to it.

use std::sync::{Arc, Mutex, PoisonError};

use near_primitives::hash::CryptoHash;
use pyo3::prelude::*;

use super::deep::Deep;
use super::{TakenOut, run, text};
use crate::chain;
use crate::guard::{self, Panicked};

/// A chain that several Python objects share.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<Deep<chain::Chain>>>);

impl Shared {
    pub fn new(chain: chain::Chain) -> Self {
        Self(Arc::new(Mutex::new(Deep::new(chain))))
    }

    /// Runs `f` on the chain. Should it panic, the chain is what it was before (the copy is a pointer), but without what
    /// would make the next block panic as well.
    pub fn with<R: Send>(
        &self,
        py: Python<'_>,
        f: impl FnOnce(&mut chain::Chain) -> R + Send,
    ) -> PyResult<R> {
        run(py, || {
            // A poisoned lock is no reason to refuse: whoever panicked has put the chain back.
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let chain = held.get_mut();
            let before = chain.clone();
            guard::catch(|| f(chain)).map_err(|panicked| {
                *chain = before;
                Panic { panicked, taken_out: chain.take_out_defects() }
            })
        })?
        .map_err(PyErr::from)
    }
}

/// A panic, and what was taken out of the chain because of it.
struct Panic {
    panicked: Panicked,
    taken_out: Vec<CryptoHash>,
}

impl From<Panic> for PyErr {
    fn from(Panic { panicked, taken_out }: Panic) -> PyErr {
        if taken_out.is_empty() {
            return panicked.into();
        }
        let ids: Vec<String> = taken_out.iter().map(ToString::to_string).collect();
        TakenOut::new_err(format!(
            "{}. To go on without what made it panic, the chain has dropped {}",
            text(&panicked),
            ids.join(", ")
        ))
    }
}
