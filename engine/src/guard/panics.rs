//! Panics as values.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

/// What a panic said, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panicked {
    pub message: String,
    /// `file:line:column`.
    pub location: String,
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at {})", self.message, self.location)
    }
}

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<Panicked>> = const { RefCell::new(None) };
}

/// Runs `f`; a panic in it becomes a value and prints nothing.
///
/// What `f` borrows may be left half changed by a panic: the caller puts it right.
pub fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Panicked> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if CATCHING.get() {
                LAST.set(Some(describe(info)));
            } else {
                loud(info);
            }
        }));
    });
    let outer = CATCHING.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    CATCHING.set(outer);
    result.map_err(|payload| {
        LAST.take().unwrap_or_else(|| Panicked {
            message: message(&*payload),
            location: "an unknown place".to_owned(),
        })
    })
}

/// Lets the thread's panics print nothing while `f` runs, for [`again`] to tell of them elsewhere.
pub fn quietly(f: impl FnOnce()) {
    let outer = CATCHING.replace(true);
    f();
    CATCHING.set(outer);
}

/// Panics as another thread has.
pub fn again(panicked: Panicked) -> ! {
    let payload = Box::new(panicked.message.clone());
    LAST.set(Some(panicked));
    panic::resume_unwind(payload)
}

fn describe(info: &PanicHookInfo<'_>) -> Panicked {
    Panicked {
        message: message(info.payload()),
        location: info
            .location()
            .map_or_else(|| "an unknown place".to_owned(), ToString::to_string),
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a text".to_owned())
}
