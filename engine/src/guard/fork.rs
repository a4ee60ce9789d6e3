//! A lock between runs and forks: many runs at a time, or one fork.
//!
//! A child of `fork` has one thread only. A lock that another thread held at that moment stays locked in the child for
//! ever, and half of a change stays half. So a fork waits until no thread is inside the engine.
//!
//! It is one atomic number, not a `RwLock`: the child must be able to unlock what waiting threads of the parent,
//! which it does not have, had queued up for.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

/// Set while a fork waits or happens; the other bits count the runs.
const FORKING: usize = 1 << (usize::BITS - 1);

static STATE: AtomicUsize = AtomicUsize::new(0);

/// A run under way; its end is the drop.
pub struct Running(());

impl Drop for Running {
    fn drop(&mut self) {
        STATE.fetch_sub(1, SeqCst);
    }
}

/// Waits until no fork is under way, and holds off the next one.
pub fn running() -> Running {
    take(|state| state + 1);
    Running(())
}

/// Before a fork: holds off new runs, and waits for those that run. Not with the GIL held.
pub fn before() {
    take(|state| state | FORKING);
    while STATE.load(SeqCst) != FORKING {
        pause();
    }
}

/// After a fork, in the parent and in the child: runs may start again.
pub fn after() {
    STATE.store(0, SeqCst);
}

/// Changes the state as soon as no fork is under way.
fn take(change: impl Fn(usize) -> usize) {
    loop {
        let state = STATE.load(SeqCst);
        if state & FORKING != 0 {
            pause();
        } else if STATE.compare_exchange(state, change(state), SeqCst, SeqCst).is_ok() {
            return;
        }
    }
}

/// Forks are rare and short: looking again later is good enough, and leaves nothing behind in a child.
fn pause() {
    std::thread::sleep(Duration::from_micros(50));
}
