//! Windows has no signals: Wasmtime adds a handler of exceptions there, beside those of others, and nobody takes it away.

/// Runs `build`; there is nothing to remember.
pub fn remember<R>(build: impl FnOnce() -> R) -> R {
    build()
}

/// Called before every run of a contract; there is nothing to put back.
pub fn before_run() {}
