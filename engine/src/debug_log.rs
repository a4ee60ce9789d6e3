//! What contracts print with the host function `sandbox_debug_log`.
//!
//! Only nodes that are sandboxes have it. It costs no gas, has no limit, and stays although the receipt fails. The VM hands
//! it to `tracing`, under the target `sandbox`; here it is caught, on the thread that runs the contract.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt::{Debug, Write};
use std::io::IsTerminal;
use std::mem;
use std::sync::{Mutex, Once, PoisonError};

use near_primitives::types::{AccountId, BlockHeight};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{EnvFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry;

/// What nearcore's VM names it.
const TARGET: &str = "sandbox";

/// Of text that is kept for those who ask; the oldest goes first.
const MOST_BYTES: usize = 16 << 20;

thread_local! {
    static PRINTED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Runs a contract, and returns what it printed meanwhile.
pub fn printed_by<R>(run: impl FnOnce() -> R) -> (R, Vec<String>) {
    listen(None);
    PRINTED.take(); // of a run that panicked
    let result = run();
    (result, PRINTED.take())
}

/// Writes the log of nearcore's crates, and with it what contracts print, to standard error: what the filter lets through,
/// which is of the form of `RUST_LOG`.
pub fn write_to_stderr(filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| format!("the log filter {filter:?}: {error}"))?;
    if listen(Some(filter)) { Ok(()) } else { Err("the log has been set up already".into()) }
}

/// Sets the process' log up, once. Returns whether it was this call that did.
fn listen(stderr: Option<EnvFilter>) -> bool {
    static ONCE: Once = Once::new();
    let mut first = false;
    ONCE.call_once(|| {
        let written = stderr.map(|filter| {
            tracing_subscriber::fmt::layer()
                .with_ansi(std::io::stderr().is_terminal())
                .with_writer(std::io::stderr)
                .with_filter(filter)
        });
        let caught = Catch.with_filter(Targets::new().with_target(TARGET, LevelFilter::DEBUG));
        let log = registry().with(caught).with(written);
        // Another one can be there only where this crate is a part of a program that logs; then the log is that program's.
        first = tracing::subscriber::set_global_default(log).is_ok();
    });
    first
}

struct Catch;

impl<S: Subscriber> Layer<S> for Catch {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        PRINTED.with_borrow_mut(|printed| printed.push(text.0));
    }
}

/// The message of an event.
struct Text(String);

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.0.push_str(value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Writing to a string does not fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}

/// One text of a contract.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Print {
    pub height: BlockHeight,
    pub account_id: AccountId,
    pub method: String,
    pub text: String,
}

/// What the contracts of a chain have printed. It is a log: going back to a snapshot does not take it back.
#[derive(Default)]
pub struct DebugLog(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    prints: VecDeque<Print>,
    bytes: usize,
    /// How many are no longer there.
    gone: u64,
}

impl DebugLog {
    pub fn add(
        &self,
        height: BlockHeight,
        account_id: &AccountId,
        method: &str,
        texts: Vec<String>,
    ) {
        if texts.is_empty() {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for text in texts {
            kept.bytes += size(&text);
            let (account_id, method) = (account_id.clone(), method.to_owned());
            kept.prints.push_back(Print { height, account_id, method, text });
        }
        while kept.bytes > MOST_BYTES {
            let Some(oldest) = kept.prints.pop_front() else { break };
            kept.bytes -= size(&oldest.text);
            kept.gone += 1;
        }
    }

    /// How many there have been, and those from number `start` on that are still there, oldest first.
    pub fn since(&self, start: u64) -> (u64, Vec<Print>) {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let total = kept.gone + kept.prints.len() as u64;
        let skipped = usize::try_from(start.saturating_sub(kept.gone)).unwrap_or(usize::MAX);
        (total, kept.prints.iter().skip(skipped).cloned().collect())
    }
}

/// What a text is counted as, so that empty ones do not pile up without end.
fn size(text: &str) -> usize {
    text.len() + mem::size_of::<Print>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(log: &DebugLog, start: u64) -> Vec<String> {
        log.since(start).1.into_iter().map(|print| print.text).collect()
    }

    #[test]
    fn what_is_printed_while_something_runs_is_caught() {
        let (result, printed) = printed_by(|| {
            tracing::debug!(target: "sandbox", message = "so far");
            tracing::debug!(target: "elsewhere", "not a contract's");
            tracing::debug!(target: "sandbox", "and {}", "further");
            7
        });
        assert_eq!((result, printed), (7, vec!["so far".to_owned(), "and further".to_owned()]));
        assert_eq!(printed_by(|| ()).1, Vec::<String>::new());
    }

    #[test]
    fn the_oldest_goes_first() {
        let (log, alice) = (DebugLog::default(), "alice.near".parse().unwrap());
        let long = "x".repeat(MOST_BYTES / 2);
        for text in ["first", &long, "third", &long] {
            log.add(5, &alice, "main", vec![text.to_owned()]);
        }
        assert_eq!(texts(&log, 0), ["third", long.as_str()]);
        assert_eq!(texts(&log, 3), [long.as_str()]);
        assert_eq!(log.since(4), (4, vec![]));
        assert_eq!(log.since(u64::MAX), (4, vec![]));
    }
}
