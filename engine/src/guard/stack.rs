//! Enough native stack for contracts.

use std::cell::Cell;
use std::thread;

use super::Panicked;

/// What a run of a contract may need. Metering stops endless recursion in a contract after at most 384 KiB of native
/// stack; the rest is for the engine below and for compiling.
const NEEDED: usize = 2 << 20;

/// The stack of a thread that is started because the caller's is too small. Only what is touched costs memory.
pub const LARGE: usize = 8 << 20;

/// Runs `f` here if there is room on the stack, and else on a thread of its own.
pub fn with_stack<R: Send>(f: impl FnOnce() -> R + Send) -> Result<R, Panicked> {
    if remaining() >= NEEDED {
        return Ok(f());
    }
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("near-engine".to_owned())
            .stack_size(LARGE)
            .spawn_scoped(scope, f)
            .map_err(|error| Panicked {
                message: format!(
                    "this thread has less than {} MiB of stack left, and no thread with more can be started: {error}",
                    NEEDED >> 20
                ),
                location: concat!(file!(), ":", line!()).to_owned(),
            })?;
        // `f` catches its panics itself where it can panic; one that gets here goes on as it came.
        Ok(thread.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload)))
    })
}

/// Bytes between here and the end of this thread's stack; 0 where that cannot be told.
fn remaining() -> usize {
    // Asking is slow for the main thread (the C library reads a file), and the answer does not change.
    thread_local!(static END: Cell<Option<usize>> = const { Cell::new(None) });
    let end = END.get().unwrap_or_else(|| {
        let end = stack_end().unwrap_or(usize::MAX);
        END.set(Some(end));
        end
    });
    let here = std::ptr::from_ref(&end).addr();
    here.saturating_sub(end)
}

/// The lowest address of this thread's stack.
#[cfg(target_vendor = "apple")]
fn stack_end() -> Option<usize> {
    // SAFETY: both ask about the calling thread.
    unsafe {
        let this = libc::pthread_self();
        let top = libc::pthread_get_stackaddr_np(this).addr();
        top.checked_sub(libc::pthread_get_stacksize_np(this))
    }
}

/// The lowest address of this thread's stack.
#[cfg(all(unix, not(target_vendor = "apple")))]
fn stack_end() -> Option<usize> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut lowest = std::ptr::null_mut();
    let mut size = 0;
    // SAFETY: the attributes are read only after the call that fills them has succeeded, and freed once.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let found = libc::pthread_attr_getstack(attributes.as_ptr(), &mut lowest, &mut size);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        (found == 0).then(|| lowest.addr())
    }
}

/// The lowest address of this thread's stack.
#[cfg(windows)]
fn stack_end() -> Option<usize> {
    let (mut lowest, mut highest) = (0, 0);
    // SAFETY: writes two numbers that describe the calling thread.
    unsafe {
        windows_sys::Win32::System::Threading::GetCurrentThreadStackLimits(
            &mut lowest,
            &mut highest,
        );
    }
    Some(lowest)
}
