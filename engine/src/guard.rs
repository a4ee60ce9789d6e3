//! What keeps the Python process alive and well: every call into the engine passes through here.
//!
//! Three things can kill or hang a process that runs contracts, and a fourth can leave it in a muddle:
//!
//! * Wasmtime turns signals into traps, and `faulthandler` takes its handlers away ([`signals`]; not on Windows);
//! * compiling uses rayon's global pool, and a pool's threads do not survive a fork ([`compiling`], [`fork`]);
//! * endless recursion in a contract needs more native stack than a small thread has ([`stack`]);
//! * a panic must become an error of the caller, and print nothing ([`panics`]).

mod address_space;
mod compiling;
pub mod fork;
mod panics;
#[cfg_attr(windows, path = "guard/exceptions.rs")]
mod signals;
mod stack;

use std::sync::Arc;

use near_parameters::vm::Config;

pub use compiling::compiling;
pub use panics::{Panicked, again, catch};
pub use signals::before_run;
pub use stack::with_stack;

/// Runs `f`, which may run contracts: no fork happens meanwhile, the native stack is large enough, and a panic is
/// caught.
///
/// Never call it with the GIL held: it waits while a fork is under way, and the forking thread needs the GIL. Never
/// nest it either.
pub fn enter<R: Send>(f: impl FnOnce() -> R + Send) -> Result<R, Panicked> {
    let _running = fork::running();
    with_stack(|| panics::catch(f)).and_then(|result| result)
}

/// Builds the Wasmtime engine of one VM configuration, once, and remembers the signal handlers that it installed.
///
/// The engine reserves 131 GB of address space per configuration and nearcore panics where it cannot have them: here
/// that is an error that names the remedy.
pub fn prepare_engine(config: &Arc<Config>) -> Result<(), String> {
    let config = Arc::clone(config);
    signals::remember(|| panics::catch(|| near_vm_runner::config_cache_key_signature(config)))
        .map(drop)
        .map_err(|panicked| {
            format!(
                "the contract VM cannot be set up. It reserves about 131 GB of address space (not of memory) for each \
                 protocol configuration, and {}. The VM says: {}",
                address_space::limit_and_remedy(),
                panicked.message
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_message_and_place() {
        let panicked = enter(|| -> () { panic!("no {}", "good") }).unwrap_err();
        assert_eq!(panicked.message, "no good");
        assert!(panicked.location.contains("guard.rs"), "{panicked:?}");
        assert_eq!(enter(|| 7).unwrap(), 7, "and the next call is well");
    }

    #[test]
    fn a_small_thread_is_given_a_large_stack() {
        fn deep(n: u32) -> u64 {
            let block = [u64::from(n); 64];
            let sum = std::hint::black_box(&block).iter().sum::<u64>();
            if n == 0 { sum } else { sum + deep(n - 1) }
        }
        let small = std::thread::Builder::new().stack_size(64 * 1024);
        let thread = small.spawn(|| enter(|| (std::thread::current().id(), deep(2_000)))).unwrap();
        let (here, there) = (thread.thread().id(), thread.join().unwrap().unwrap().0);
        assert_ne!(here, there, "2,000 frames of 512 bytes do not fit in 64 KiB");
    }

    #[test]
    fn a_large_thread_is_used_as_it_is() {
        let large = std::thread::Builder::new().stack_size(8 << 20);
        let thread = large.spawn(|| enter(|| std::thread::current().id())).unwrap();
        assert_eq!(thread.thread().id(), thread.join().unwrap().unwrap());
    }
}
