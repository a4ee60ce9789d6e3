//! Applying chunks: nearcore's runtime, on nearcore's types.
//!
//! From the outside in: a chunk (`chunk`) holds transactions (`verify`, `fees`) and receipts (`receipt`); a receipt holds
//! actions (`action` and the files named after them); a function call runs on the VM (`function_call`) with the chain's
//! services (`host`). The rules are those of the runtime specification; the numbers in comments name its sections.

mod action;
mod balance;
mod call_action;
mod chunk;
mod context;
mod delegate;
mod fees;
pub mod function_call;
mod global_contracts;
mod host;
mod keys;
mod new_receipts;
mod patch;
mod queues;
mod receipt;
pub mod rows;
mod state_init;
mod validate;
mod validators;
mod verify;
pub mod view;

pub use chunk::alone;
pub use chunk::{ChunkInput, ChunkResult, apply};
pub use context::BlockContext;
pub use fees::{total_deposit, transaction_cost};
pub use patch::{check as check_patch, check_balances};
pub use rows::last_nonce;
pub use validators::ValidatorUpdate;
pub use verify::{Charged, verify_and_charge};
