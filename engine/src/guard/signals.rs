//! The signal handlers by which Wasmtime turns a fault of compiled code into a trap.

use std::mem::MaybeUninit;
use std::sync::{Mutex, OnceLock, PoisonError};

use libc::{c_int, sigaction};

/// Those that Wasmtime may install; `SIGBUS` on Darwin only.
const SIGNALS: [c_int; 4] = [libc::SIGSEGV, libc::SIGILL, libc::SIGFPE, libc::SIGBUS];

/// What Wasmtime installed. It does so once per process, with the first engine.
static HANDLERS: OnceLock<Vec<(c_int, sigaction)>> = OnceLock::new();

/// Runs `build`, which may install handlers, and remembers them.
pub fn remember<R>(build: impl FnOnce() -> R) -> R {
    static BUILDING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let before = SIGNALS.map(current);
    let result = build();
    if HANDLERS.get().is_none() {
        let installed: Vec<_> = SIGNALS
            .into_iter()
            .zip(before)
            .map(|(signal, before)| (signal, before, current(signal)))
            .filter(|(_, before, now)| now.sa_sigaction != before.sa_sigaction)
            .map(|(signal, _, now)| (signal, now))
            .collect();
        // Nothing is installed where the build failed, or where Wasmtime uses Mach ports.
        if !installed.is_empty() {
            let _ = HANDLERS.set(installed);
        }
    }
    result
}

/// Puts Wasmtime's signal handlers back where somebody has taken them away. Called before every run of a contract.
///
/// `faulthandler.enable()` after the first engine does so, and `faulthandler.disable()`, which pytest calls when a
/// session ends: without this the next trap of a contract would end the process.
pub fn before_run() {
    for (signal, handler) in HANDLERS.get().into_iter().flatten() {
        if current(*signal).sa_sigaction != handler.sa_sigaction {
            // SAFETY: `handler` is what the system gave for this very signal, and the code that it points to stays
            // loaded as long as the process lives.
            unsafe { libc::sigaction(*signal, handler, std::ptr::null_mut()) };
        }
    }
}

fn current(signal: c_int) -> sigaction {
    let mut action = MaybeUninit::<sigaction>::zeroed();
    // SAFETY: only reads, into a place of the right type, for which all zeroes are a value.
    unsafe {
        libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr());
        action.assume_init()
    }
}
