//! The part that calls: it starts three calls at once and joins them in one callback.

use crate::{CallbackResults, CallbackResultsExt};
use near_sdk::serde_json::{from_slice, from_str, to_string, Value};
use near_sdk::{env, near, AccountId, Gas, Promise, PromiseError};

/// Gas for each of the three calls.
const CALLEE_GAS: Gas = Gas::from_tgas(10);
/// Gas for the callback.
const CALLBACK_GAS: Gas = Gas::from_tgas(15);
/// A longer result is reported as such and not read.
const LONGEST_RESULT: usize = 10_000;

/// How one of the calls ended, as its callback sees it.
#[near(serializers = [json])]
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It returned JSON, which is in `value`.
    Returned,
    /// It succeeded and returned no bytes.
    ReturnedNothing,
    /// It succeeded and returned bytes that are no JSON, or too many.
    ReturnedUnreadable,
    /// It failed, or was never run.
    Failed,
}

/// One of the calls that a callback was waiting for.
#[near(serializers = [json])]
pub struct CallResult {
    /// How it ended.
    pub how: How,
    /// What it returned; null unless it returned JSON.
    pub value: Value,
}

/// What a callback has read.
#[near(serializers = [json])]
pub struct Report {
    /// The results, in the order in which the calls were joined.
    pub results: Vec<CallResult>,
    /// That no call failed: true also when there was no call.
    pub all_succeeded: bool,
    /// Who called the callback: this contract itself, if all is well.
    pub called_by: AccountId,
}

#[near]
impl CallbackResults {
    /// Calls `count` at the first account, `return_text` at the second and `count_and_maybe_fail` at the third,
    /// all at once; with `fail` the third fails. They are joined in the private callback `on_three_results`,
    /// whose report is the value of the transaction.
    pub fn call_three(
        &mut self,
        first: AccountId,
        second: AccountId,
        third: AccountId,
        text: String,
        fail: bool,
    ) -> Promise {
        three_calls(first, second, third, text, fail).then(Self::callback().on_three_results())
    }

    /// Callback of `call_three`: reads the three results, saves and returns the report.
    #[private]
    pub fn on_three_results(&mut self) -> Report {
        self.read_results()
    }

    /// As `call_three`, but joined in the callback `on_three_results_open`.
    /// WRONG ON PURPOSE: that callback is not private.
    pub fn call_three_open(
        &mut self,
        first: AccountId,
        second: AccountId,
        third: AccountId,
        text: String,
        fail: bool,
    ) -> Promise {
        three_calls(first, second, third, text, fail).then(Self::callback().on_three_results_open())
    }

    /// Callback of `call_three_open`: reads the three results, saves and returns the report. WRONG ON PURPOSE:
    /// it is not private. Anyone can call it; there is no result then, so no result is a failure, and the
    /// report that it saves says that all calls succeeded.
    pub fn on_three_results_open(&mut self) -> Report {
        self.read_results()
    }

    /// Calls `count` at the first account, `return_text` at the second and `count_and_maybe_fail` at the third,
    /// joined in the private callback `on_three_typed`, which wants the second to be a text. With `wrong_type` the
    /// second is asked for a number instead: the callback fails, while all three calls have succeeded and what
    /// they changed is kept. With `fail` the third fails, and the callback with it.
    pub fn call_three_typed(
        &mut self,
        first: AccountId,
        second: AccountId,
        third: AccountId,
        text: String,
        wrong_type: bool,
        fail: Option<bool>,
    ) -> Promise {
        let second = callee(second);
        let second = if wrong_type {
            second.return_number()
        } else {
            second.return_text(text)
        };
        callee(first)
            .count()
            .and(second)
            .and(callee(third).count_and_maybe_fail(fail.unwrap_or(false)))
            .then(Self::callback().on_three_typed())
    }

    /// Callback of `call_three_typed`: returns the text. It panics when the second result is not a text, and when
    /// the first or the third call failed.
    #[private]
    pub fn on_three_typed(
        &mut self,
        #[callback_unwrap] count: u64,
        #[callback_unwrap] text: String,
        #[callback_result] third: Result<(), PromiseError>,
    ) -> String {
        if third.is_err() {
            env::panic_str("the third call failed");
        }
        format!("{text} {count}")
    }

    /// What the last callback that read results has saved; null before the first.
    pub fn last_report(&self) -> Option<Value> {
        let report = self.last_report.as_ref()?;
        Some(from_str(report).unwrap_or_else(|_| env::panic_str("the saved report is no JSON")))
    }
}

impl CallbackResults {
    fn callback() -> CallbackResultsExt {
        Self::ext(env::current_account_id()).with_static_gas(CALLBACK_GAS)
    }

    fn read_results(&mut self) -> Report {
        let results: Vec<_> = (0..env::promise_results_count()).map(read_result).collect();
        let report = Report {
            all_succeeded: results.iter().all(|result| result.how != How::Failed),
            results,
            called_by: env::predecessor_account_id(),
        };
        let json = to_string(&report).unwrap_or_else(|_| env::panic_str("no JSON of the report"));
        self.last_report = Some(json);
        report
    }
}

fn callee(account: AccountId) -> CallbackResultsExt {
    CallbackResults::ext(account).with_static_gas(CALLEE_GAS)
}

fn three_calls(
    first: AccountId,
    second: AccountId,
    third: AccountId,
    text: String,
    fail: bool,
) -> Promise {
    callee(first)
        .count()
        .and(callee(second).return_text(text))
        .and(callee(third).count_and_maybe_fail(fail))
}

fn read_result(index: u64) -> CallResult {
    let (how, value) = match env::promise_result_checked(index, LONGEST_RESULT) {
        Ok(bytes) if bytes.is_empty() => (How::ReturnedNothing, Value::Null),
        Ok(bytes) => match from_slice(&bytes) {
            Ok(value) => (How::Returned, value),
            Err(_) => (How::ReturnedUnreadable, Value::Null),
        },
        Err(PromiseError::TooLong(_)) => (How::ReturnedUnreadable, Value::Null),
        Err(_) => (How::Failed, Value::Null),
    };
    CallResult { how, value }
}
