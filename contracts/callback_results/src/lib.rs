//! Three calls in parallel, joined in one callback that reads all three results.
//!
//! Deploy it on one account as the caller (`caller.rs`) and on up to three others as callees (`callee.rs`);
//! one account may also play several parts. A call that fails does not fail the callback: the callback hears of
//! it, and what the callee had changed is rolled back in the callee alone.

mod callee;
mod caller;

use near_sdk::near;

/// State of both parts. Usable right after the deploy.
#[near(contract_state)]
#[derive(Default)]
pub struct CallbackResults {
    /// Callee: how often it was counted up.
    counter: u64,
    /// Caller: what the last callback that read results has saved, as JSON.
    last_report: Option<String>,
}
