//! Threads to compile contracts on.

use std::cell::Cell;

use super::{panics, stack};

/// Runs `f`, which compiles a contract, on a rayon pool of its own, of a thread for each processor.
///
/// Wasmtime compiles on the rayon pool of the current thread, by default the global one. After a fork the global pool has
/// no threads left and compiling would wait for ever. The threads of this one are gone when `f` has ended: none is there
/// for a fork to lose, and a process that forks is told of no threads that it did not start. To start them takes a
/// thousandth of the time that compiling takes.
pub fn compiling<R: Send>(f: impl FnOnce() -> R + Send) -> R {
    // Where no thread can be started, the builder's error comes before `f` was used.
    let mut f = Some(f);
    let done = rayon::ThreadPoolBuilder::new()
        .thread_name(|number| format!("near-compile-{number}"))
        .stack_size(stack::LARGE)
        .build_scoped(
            |thread| panics::quietly(|| thread.run()),
            |pool| {
                let f = f.take().expect("it is run once");
                pool.install(|| panics::catch(f))
            },
        );
    match (done, f) {
        (Ok(result), _) => result.unwrap_or_else(|panicked| panics::again(panicked)),
        (Err(_), Some(f)) => {
            alone();
            f()
        }
        (Err(_), None) => unreachable!("a pool that cannot be built runs nothing"),
    }
}

/// Makes the current thread a rayon pool, whose only worker has nobody to lose in a fork. Rayon cannot take such a pool
/// apart: it is made once per thread and kept.
fn alone() {
    thread_local!(static HAS_POOL: Cell<bool> = const { Cell::new(false) });
    if !HAS_POOL.replace(true) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
        // An error here means that the thread belongs to a pool already, somebody else's: nothing to do then.
        if let Ok(pool) = pool {
            std::mem::forget(pool);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_a_thread_for_each_processor_and_leaves_none() {
        let processors = std::thread::available_parallelism().unwrap().get();
        for _ in 0..2 {
            assert_eq!(compiling(rayon::current_num_threads), processors);
        }
        assert!(rayon::current_thread_index().is_none(), "the caller belongs to no pool");
    }

    #[test]
    fn a_panic_on_its_threads_comes_back() {
        let panicked = panics::catch(|| compiling(|| panic!("no {}", "good"))).unwrap_err();
        assert_eq!(panicked.message, "no good");
        assert!(panicked.location.contains("compiling.rs"), "{panicked:?}");
    }

    #[test]
    fn a_thread_can_be_a_pool_alone() {
        std::thread::spawn(|| {
            alone();
            alone();
            assert_eq!(rayon::current_num_threads(), 1);
        })
        .join()
        .unwrap();
    }
}
