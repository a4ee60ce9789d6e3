//! The embedded node of near-harness: one shard of a NEAR chain inside the calling process.
//!
//! Contract execution, parameters, types, hashes and views are nearcore's published crates; see `Cargo.toml`.

pub mod cache;
pub mod chain;
pub mod debug_log;
pub mod explore;
pub mod guard;
#[cfg(target_os = "linux")]
mod large_memory;
mod node_config;
#[cfg(feature = "python")]
mod py;
pub mod rpc;
mod runtime;
mod state;
