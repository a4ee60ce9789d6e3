//! The part that is called: methods that return, fail by choice, or return what the caller does not expect.

use crate::{CallbackResults, CallbackResultsExt};
use near_sdk::{env, near};

#[near]
impl CallbackResults {
    /// Counts up and returns the new count.
    pub fn count(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// Returns the text that it is given.
    pub fn return_text(&self, text: String) -> String {
        text
    }

    /// Counts up and then, if `fail` is true, panics with "failed by choice": the count is rolled back.
    /// Otherwise it returns nothing.
    pub fn count_and_maybe_fail(&mut self, fail: bool) {
        self.counter += 1;
        if fail {
            env::panic_str("failed by choice");
        }
    }

    /// Returns a number. The caller's `call_three_typed` expects a text from it if it asks for the wrong type.
    pub fn return_number(&self) -> u64 {
        42
    }

    /// How often this account was counted up.
    pub fn counter(&self) -> u64 {
        self.counter
    }
}
